"""A real Celery worker in a process of its own, on the test database and the test broker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from benchmarks.actions import releases
from benchmarks.models import Release
from companies.models import Programme
from tests import factories

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 40


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/services" in item.nodeid:
            item.add_marker(pytest.mark.services)


def test_database_url() -> str:
    """The address of the database that this test process uses, for another process."""
    configured = settings.DATABASE_URL
    return f"{configured.rsplit('/', 1)[0]}/{connection.settings_dict['NAME']}"


test_database_url.__test__ = False  # type: ignore[attr-defined]


@contextmanager
def worker_process(
    tmp_path: Path, *, beat: bool = False, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker with one process; killed with all its children at the end."""
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "config",
        "worker",
        "--pool",
        "solo",
        "--loglevel",
        "INFO",
    ]
    if beat:
        command += ["-B"]
    log = (tmp_path / f"worker-{time.monotonic_ns()}.log").open("wb")
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": test_database_url(),
            "REDIS_PREFIX": settings.REDIS_PREFIX,
            "VAR_DIR": str(tmp_path),
            "LOG_LEVEL": "INFO",
            **environment,
        },
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)
        log.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the workers said where a test failed."""
    report = yield
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    if report.failed and folder is not None:
        for log in sorted(folder.glob("worker-*.log")):
            report.sections.append((log.name, log.read_text(encoding="utf-8", errors="replace")[-6000:]))
    return report


@pytest.fixture
def run_worker(tmp_path: Path) -> Callable[..., object]:
    """Starts workers: `with run_worker(beat=True): ...`."""

    def start(**options: object) -> object:
        return worker_process(tmp_path, **options)  # type: ignore[arg-type]

    return start


def wait_until(condition: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Poll until the condition holds; fail with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.1)
    pytest.fail(f"Waited {seconds} s in vain: {what}")


@pytest.fixture
def committed_release(transactional_db: None, trained: dict[str, object]) -> Release:
    """An active release that other processes see."""
    programme: Programme = factories.make_programme()
    release = Release.objects.create(programme=programme, **trained)
    releases.promote(release=release, proposed_by=None, confirmed_by=None)
    return release
