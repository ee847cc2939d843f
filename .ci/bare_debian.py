#!/usr/bin/env python3
"""Run the tests on a Debian that has python3, python3-venv, git and make and nothing else.

    .ci/bare_debian.py                   make test SERVICES=own in a new root below the folder of temporary files
    .ci/bare_debian.py --folder FOLDER   there, and keep it: the next run finds Debian and the environment made
    .ci/bare_debian.py -- COMMAND …      another command, in the root of the repository

Needs root and debootstrap; says so loudly where they cannot be had (and fails with REQUIRE=all). What is tested is
the last commit. The package index is that of this machine: pip's settings and the files they name are shared.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("python3", "python3-venv", "git", "make")
# Debian 12 has the oldest Python that the platform runs on.
SUITE = "bookworm"
COMMAND = ["make", "test", "SERVICES=own"]
# How this machine reaches the package index: passed on, nothing else of the environment is.
PASSED_ON = re.compile(r"PIP_\w+|SSL_CERT_FILE|REQUESTS_CA_BUNDLE|(?:https?|no)_proxy", re.I)


def main() -> int:
    """Make the root, put a clone there, run the command; the exit code is the command's."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, help="of the new root; kept afterwards")
    parser.add_argument("--mirror", default="", help="of Debian's packages; debootstrap's own if left out")
    parser.add_argument("command", nargs="*", default=COMMAND)
    options = parser.parse_args()
    if (missing := find_obstacle()) is not None:
        print(f"!!! NOT RUN: the tests on a bare Debian: {missing}", flush=True)  # noqa: T201
        return 1 if os.environ.get("REQUIRE") == "all" else 0
    with ExitStack() as stack:
        folder: Path = options.folder or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="bare-debian-"))
        )
        began = time.monotonic()
        make_root(folder, options.mirror)
        clone_repository(folder / "root" / "repository")
        print(f"##### A bare {SUITE} after {time.monotonic() - began:.0f} s", flush=True)  # noqa: T201
        stack.enter_context(mounted(folder))
        return subprocess.run(  # noqa: S603 - the command of whoever calls this
            [
                *("chroot", str(folder), "/usr/bin/env", "-i", "-C", "/root/repository"),
                *("HOME=/root", "LANG=C.UTF-8", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"),
                *(f"{name}={value}" for name, value in os.environ.items() if PASSED_ON.fullmatch(name)),
                *options.command,
            ],
            check=False,
        ).returncode


def find_obstacle() -> str | None:
    """Return why no root can be made here; None if one can."""
    if os.geteuid() != 0:
        return "only root makes one"
    if shutil.which("debootstrap") is None:
        return "debootstrap is missing (Debian: apt-get install debootstrap)"
    return None


def make_root(folder: Path, mirror: str) -> None:
    """Install Debian with our four packages and what they depend on, unless that was done before."""
    done = folder / "root" / ".bare-debian"
    if done.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    included = f"--include={','.join(PACKAGES)}"
    command = ["debootstrap", "--variant=minbase", included, SUITE, str(folder), *filter(None, [mirror])]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    done.touch()


def clone_repository(target: Path) -> None:
    """Put the last commit there; an environment that an earlier run made stays."""
    git = ["git", "-c", f"safe.directory={ROOT}", "-c", f"safe.directory={target}"]
    if not target.exists():
        subprocess.run([*git, "clone", "--quiet", "--no-hardlinks", str(ROOT), str(target)], check=True)  # noqa: S603
        return
    subprocess.run([*git, "-C", str(target), "fetch", "--quiet", str(ROOT), "HEAD"], check=True)  # noqa: S603
    subprocess.run([*git, "-C", str(target), "reset", "--quiet", "--hard", "FETCH_HEAD"], check=True)  # noqa: S603


@contextmanager
def mounted(folder: Path) -> Iterator[None]:
    """Give the root its /proc, shared memory for PostgreSQL, the names of hosts and the settings of pip."""
    for name in ("resolv.conf", "hosts"):
        shutil.copy(f"/etc/{name}", folder / "etc" / name)
    with ExitStack() as stack:
        mounts = [["-t", "proc", "proc"], ["-t", "tmpfs", "tmpfs"]]
        for target, arguments in zip(("proc", "dev/shm"), mounts, strict=True):
            _mount(stack, arguments, folder / target)
        for path in find_pip_files():
            target_of_path = folder / path.relative_to("/")
            if path.is_dir():
                target_of_path.mkdir(parents=True, exist_ok=True)
            else:
                target_of_path.parent.mkdir(parents=True, exist_ok=True)
                target_of_path.touch()
            _mount(stack, ["--bind", "-o", "ro", str(path)], target_of_path)
        yield


def _mount(stack: ExitStack, arguments: list[str], target: Path) -> None:
    if not target.exists():
        target.mkdir(parents=True)
    subprocess.run(["mount", *arguments, str(target)], check=True)  # noqa: S603, S607
    stack.callback(subprocess.run, ["umount", "--lazy", str(target)], check=False)


def find_pip_files() -> list[Path]:
    """Return pip's configuration files of this machine and every file and folder that a setting names."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config"]
    said = subprocess.run([*pip, "debug"], check=True, capture_output=True, text=True).stdout  # noqa: S603
    found = {Path(name) for name in re.findall(r"^ +(/\S+), exists: True$", said, re.M)}
    listed = subprocess.run([*pip, "list"], check=True, capture_output=True, text=True).stdout  # noqa: S603
    settings = [listed, *(value for name, value in os.environ.items() if PASSED_ON.fullmatch(name))]
    named = re.findall(r"(?<![\w/:])(?:file://)?(/[\w./-]+)", "\n".join(settings))
    # The pages of an index of files lead to what lies beside them.
    paths = [Path(name).parent if Path(name).name == "simple" else Path(name) for name in named]
    return sorted(found | {path for path in paths if path.exists()})


if __name__ == "__main__":
    sys.exit(main())
