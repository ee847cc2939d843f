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
def run_worker(folder: Path) -> Iterator[None]:
    """Run a Celery worker with one process, and go on as soon as it takes work."""
    # Django can only be imported once the environment is set.
    from config.celery import app

    command = ["-m", "celery", "-A", "config", "worker", "--pool", "solo", "--loglevel", "WARNING"]
    log = folder / "worker.log"
    with _run_process(command, log):
        for _ in range(60):
            if app.control.ping(timeout=1):
                break
        else:
            sys.exit(f"The worker did not start:\n{log.read_text()}")
        yield


@contextmanager
def run_site(folder: Path) -> Iterator[Process]:
    """Run the site under gunicorn, as in operation but for the number of processes."""
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
    with _run_process(command, log) as process:
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
def _run_process(arguments: list[str], log: Path) -> Iterator[Process]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


def read_server_times(folder: Path, path: str) -> list[float]:
    """Return the milliseconds that the server took for each request to a path, in their order."""
    lines = (line.split() for line in (folder / ACCESS_LOG).read_text().splitlines())
    return [int(microseconds) / 1000 for asked, microseconds in lines if asked == path]


def read_resident_memory(server: Process) -> int:
    """Return the resident memory of the largest process of the server now, in kB."""
    return max(_read_memory(pid, "VmRSS") for pid in _list_pids(server))


def forget_peak(server: Process) -> None:
    """Let `read_peak_memory` begin anew."""
    for pid in _list_pids(server):
        Path(f"/proc/{pid}/clear_refs").write_text(FORGET_PEAK)


def read_peak_memory(server: Process) -> int:
    """Return the most resident memory of a server process since `forget_peak`, in kB."""
    return max(_read_memory(pid, "VmHWM") for pid in _list_pids(server))


def _list_pids(server: Process) -> list[str]:
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return [str(server.pid), *children]


def _read_memory(pid: str, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
