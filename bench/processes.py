"""The product's own processes for a measurement: a worker, and the site as in operation, with their memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.installation import ROOT

PORT = int(os.environ.get("BENCH_PORT", "8110"))
SITE = f"http://127.0.0.1:{PORT}"
# Written to /proc/PID/clear_refs, this sets the peak of memory back to what is held now.
FORGET_PEAK = "5"

# One line for each request to the site: its path, and the microseconds that the server took.
ACCESS_LOG = "access.log"

Process = subprocess.Popen[bytes]


@contextmanager
def worker(folder: Path) -> Iterator[None]:
    """A Celery worker with one process, as soon as it takes work."""
    # Django can only be imported once the environment is set.
    from config.celery import app

    command = ["-m", "celery", "-A", "config", "worker", "--pool", "solo", "--loglevel", "WARNING"]
    log = folder / "worker.log"
    with _started(command, log):
        for _ in range(60):
            if app.control.ping(timeout=1):
                break
        else:
            sys.exit(f"The worker did not start:\n{log.read_text()}")
        yield


@contextmanager
def site(folder: Path) -> Iterator[Process]:
    """The site under gunicorn, as in operation but for the number of processes."""
    command = [
        "-m",
        "gunicorn",
        "config.wsgi",
        "--worker-class",
        "gthread",
        "--workers",
        "1",
        "--threads",
        "4",
    ]
    command += ["--bind", f"127.0.0.1:{PORT}", "--timeout", "600"]
    command += ["--access-logfile", str(folder / ACCESS_LOG), "--access-logformat", "%(U)s %(D)s"]
    log = folder / "site.log"
    with _started(command, log) as process:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{SITE}/health/live").close()
            except OSError:
                time.sleep(0.2)
            else:
                break
        else:
            sys.exit(f"The site did not start:\n{log.read_text()}")
        yield process


@contextmanager
def _started(arguments: list[str], log: Path) -> Iterator[Process]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


def server_times(folder: Path, path: str) -> list[float]:
    """Milliseconds that the server took for each request to a path, in their order."""
    lines = (line.split() for line in (folder / ACCESS_LOG).read_text().splitlines())
    return [int(microseconds) / 1000 for asked, microseconds in lines if asked == path]


def held(server: Process) -> int:
    """Resident memory of the largest process of the server now, in kB."""
    return max(_memory(pid, "VmRSS") for pid in _pids(server))


def forget_peak(server: Process) -> None:
    """Let `peak` begin anew."""
    for pid in _pids(server):
        Path(f"/proc/{pid}/clear_refs").write_text(FORGET_PEAK)


def peak(server: Process) -> int:
    """The most resident memory of a process of the server since `forget_peak`, in kB."""
    return max(_memory(pid, "VmHWM") for pid in _pids(server))


def _pids(server: Process) -> list[str]:
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return [str(server.pid), *children]


def _memory(pid: str, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
