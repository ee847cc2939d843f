"""The demonstration as a newcomer starts it, with its real site and worker, and a browser to look at it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.once import find_shared_folder, locked

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 400
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/e2e" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            # Pages are judged by whichever process is free; what people do in turn stays in one.
            if not item.path.stem.endswith("_pages") and item.path.stem != "test_every_page":
                item.add_marker(pytest.mark.xdist_group(item.path.stem))


@dataclass(frozen=True)
class Demo:
    """A running demonstration: its address, its sign-ins by role, its process."""

    address: str
    accounts: dict[str, dict[str, str]]
    folder: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def invite(self, name: str) -> str:
        """Make somebody a delegate of a company that has begun and has nobody yet; the link to set a password."""
        key = (self.folder / "demo-api-key").read_text(encoding="utf-8").strip()
        asked = urllib.request.Request(
            f"{self.address}/api/v1/assessments/?stage=started&round_code=T1",
            headers={"Authorization": f"Bearer {key}"},
        )
        with urllib.request.urlopen(asked, timeout=30) as answer:
            begun = json.load(answer)["results"]
        # The managed company, whose people are at work in other tests, has answered less.
        company = max(begun, key=lambda row: row["answered"])["credit_code"]
        command = ["add_person", f"{name}@demo.example", "--name", name, "--role", "delegate"]
        said = subprocess.run(
            [sys.executable, "manage.py", *command, "--company", company],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        return urlsplit(next(line for line in said.splitlines() if line.startswith("http"))).path


def start_demo(folder: Path) -> Demo:
    """Start the demonstration in a folder of its own and wait until it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "DEMO": "true", "VAR_DIR": str(folder), "PORT": str(port)}
    for name in ("DATABASE_URL", "REDIS_URL", "STATIC_ROOT"):
        environment.pop(name, None)
    with (folder / "demo.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/health/ready", timeout=5) as answer:
                if answer.status == 200:
                    accounts = json.loads((folder / "demo-accounts.json").read_text(encoding="utf-8"))
                    by_role = {entry["role"]: entry for entry in accounts}
                    return Demo(address, by_role, folder, environment, process)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.5)
    process.kill()
    pytest.fail(
        "The demonstration did not start:\n" + (folder / "demo.log").read_text(encoding="utf-8")[-4000:]
    )


def stop_demo(demo: Demo) -> None:
    """End it as Ctrl-C does."""
    if demo.process.poll() is None:
        os.killpg(demo.process.pid, signal.SIGINT)
    demo.process.wait(timeout=60)


def copy_built_demo(shared: Path, folder: Path) -> None:
    """Copy the demonstration in DEMO_BUILT; without one the first process builds it in the shared folder.

    Each process has its own copy because tests change it.
    """
    given = os.environ.get("DEMO_BUILT")
    built = Path(given) if given else shared / "demo-built"
    if not given:
        with locked(shared / "demo.lock"):
            if not built.exists():
                draft = shared / "demo-draft"
                shutil.rmtree(draft, ignore_errors=True)
                draft.mkdir()
                stop_demo(start_demo(draft))
                draft.rename(built)
    shutil.copytree(built, folder)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One demonstration for all browser tests of a process, copied from one that was built once."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    copy_built_demo(find_shared_folder(tmp_path_factory), folder)
    started = start_demo(folder)
    yield started
    stop_demo(started)
    left = subprocess.run(
        ["pgrep", "-g", str(started.process.pid), "-a"], capture_output=True, text=True, check=False
    ).stdout
    assert left == "", f"left behind: {left}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of the system, headless."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=ARGUMENTS
        )
        yield launched
        launched.close()


class Visitor:
    """Somebody at a browser; console errors and requests that leave the site are faults."""

    def __init__(
        self,
        browser: Browser,
        demo: Demo,
        *,
        width: int = 1280,
        language: str = "en",
        theme: str = "light",
        session: Any = None,
        beside: str = "",
    ):
        """`session` is what another browser kept, in which somebody has signed in; `beside` another site of ours."""
        self.demo = demo
        self.ours = tuple(filter(None, (demo.address, beside, "data:", "blob:")))
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            locale=language,
            reduced_motion="reduce",
            storage_state=session,
        )
        self.context.add_cookies([{"name": "django_language", "value": language, "url": demo.address}])
        self.context.add_init_script(f"localStorage.setItem('lz-theme', '{theme}')")
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda sent: self.faults.append(sent.url) if self._leaves(sent.url) else None)

    def _leaves(self, url: str) -> bool:
        return not url.startswith(self.ours)

    def goto(self, path: str) -> None:
        """Open a page of the site."""
        self.page.goto(path if path.startswith("http") else self.demo.address + path)

    def sign_in(self, role: str) -> None:
        """Sign in through the form."""
        account = self.demo.accounts[role]
        self.goto("/accounts/login/")
        self.page.fill("#id_login", account["email"])
        self.page.fill("#id_password", account["password"])
        self.page.press("#id_password", "Enter")
        self.page.wait_for_url(lambda url: "login" not in url)

    def close(self, *, refusals: int = 0) -> None:
        """Leave, and account for what went wrong; the browser reports each refused form (422) as an error."""
        self.context.close()
        refused = [fault for fault in self.faults if "status of 422" in fault]
        assert len(refused) == refusals
        assert [fault for fault in self.faults if fault not in refused] == []
