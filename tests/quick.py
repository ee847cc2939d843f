"""Answer within two minutes while one works: `make quick`.

Format, lint, direction of imports; then the tests that failed last, those of the files that changed since this branch
left main (tests/affected.py), and what reads the whole repository. SQLite, both cores. When the time is up what is left
is said in one line: `make test` runs all.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.affected import ROOT, find_affected_tests, find_changed_files

SECONDS = 110
BIN = Path(sys.executable).parent
FIRST = (["ruff", "format", "--check", "."], ["ruff", "check", "."], ["lint-imports"])
# Seconds each; they hold the repository together and need no database.
ALWAYS = ("tests/test_repository.py", "tests/instrument", "tests/documents", "tests/config/test_static.py")


class Deadline:
    """A pytest plugin that ends the run when the time is up, and counts."""

    def __init__(self, at: float) -> None:
        self.at = at
        self.ran = 0
        self.failed = 0
        self.collected = 0
        self.config: pytest.Config | None = None

    def pytest_configure(self, config: pytest.Config) -> None:
        self.config = config

    def pytest_xdist_node_collection_finished(self, node: object, ids: list[str]) -> None:
        self.collected = len(ids)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed += report.failed
        self.ran += report.when == "teardown"
        if time.monotonic() > self.at and self.config is not None:
            session = self.config.pluginmanager.getplugin("dsession")
            session.shouldstop = session.shouldstop or "the time is up"


def main() -> int:
    """Run the steps; 0 if everything that ran is well."""
    began = time.monotonic()
    failed = [
        " ".join(command)
        for command in FIRST
        if subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, check=False).returncode
    ]
    paths = select()
    deadline = Deadline(began + SECONDS)
    with tempfile.TemporaryDirectory(prefix="readiness-quick-") as folder:
        os.environ |= {"VAR_DIR": folder, "OPENBLAS_NUM_THREADS": "1", "SHARED_FOLDER": folder}
        for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEMO", "DEBUG"):
            os.environ.pop(name, None)
        print(f"Tests: {', '.join(paths)}", flush=True)  # noqa: T201
        code = pytest.main(
            [
                "-q",
                "-n",
                "2",
                "--dist",
                "worksteal",
                "--failed-first",
                "-m",
                "not services and not browser",
                *paths,
            ],
            plugins=[deadline],
        )
    if deadline.failed or (code and deadline.ran == deadline.collected):
        failed.append("pytest")
    left = deadline.collected - deadline.ran
    if left:
        print(f"!!! NOT RUN: {left} tests, the time is up. `make test` runs all.")  # noqa: T201
    print(f"{'FAILED: ' + ', '.join(failed) if failed else 'Passed'} ({time.monotonic() - began:.0f} s)")  # noqa: T201
    return 1 if failed else 0


def select() -> list[str]:
    """Return the tests to run, the likeliest to fail first."""
    found = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py"))
    tests = [path for path in found if not path.startswith(("tests/e2e/", "tests/services/"))]
    texts = {path: (ROOT / path).read_text(encoding="utf-8") for path in tests}
    feature_map = ROOT / "docs" / "features.md"
    if feature_map.exists():
        texts["docs/features.md"] = feature_map.read_text(encoding="utf-8")
    affected = find_affected_tests(find_changed_files(), tests, texts)
    last = [path for path in _failed_last() if path in tests]
    return list(dict.fromkeys([*last, *affected, *ALWAYS]))


def _failed_last() -> list[str]:
    kept = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
    return sorted({name.split("::")[0] for name in json.loads(kept.read_text())}) if kept.exists() else []


if __name__ == "__main__":
    sys.exit(main())
