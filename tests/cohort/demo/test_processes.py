"""Children end with their parent, whatever ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from cohort.demo.processes import Children, Stopped

# A parent with one child that has a child of its own; both numbers go to a file.
PARENT = """
import sys, time
from pathlib import Path
from cohort.demo.processes import Children, Stopped

GRANDCHILD = "import time; time.sleep(600)"
CHILD = f'''
import os, signal, subprocess, sys, time
{sys.argv[2]}
grandchild = subprocess.Popen([sys.executable, "-c", {GRANDCHILD!r}])
with open({sys.argv[1]!r} + ".draft", "w") as file:
    file.write(f"{{os.getpid()}} {{grandchild.pid}}")
os.rename({sys.argv[1]!r} + ".draft", {sys.argv[1]!r})
time.sleep(600)
'''
try:
    with Children(Path(sys.argv[1]).parent / "logs") as children:
        children.start("child", [sys.executable, "-c", CHILD], {})
        while True:
            time.sleep(0.05)
            children.check()
except Stopped:
    sys.exit(7)
"""
WAIT_SECONDS = 30.0


def is_running(process: int) -> bool:
    """Whether the process exists and is not merely waiting to be collected."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def await_end(process: int) -> bool:
    """Wait until the process is gone: one that was killed ends when it gets its turn, which on a busy machine takes."""
    deadline = time.monotonic() + WAIT_SECONDS
    while is_running(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_children_and_their_children_end_with_the_parent(tmp_path: Path, number: signal.Signals) -> None:
    numbers = tmp_path / "numbers"
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(numbers), "pass"])
    try:
        wait_for(numbers)
        children = [int(text) for text in numbers.read_text(encoding="ascii").split()]
        parent.send_signal(number)
        assert parent.wait(timeout=WAIT_SECONDS) == 7
        assert all(await_end(child) for child in children)
    finally:
        parent.kill()
        parent.wait()


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads /proc")
def test_parent_ends_when_a_child_does(tmp_path: Path) -> None:
    numbers = tmp_path / "numbers"
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(numbers), "pass"], stderr=subprocess.PIPE, text=True
    )
    try:
        wait_for(numbers)
        child, grandchild = (int(text) for text in numbers.read_text(encoding="ascii").split())
        os.kill(child, signal.SIGKILL)
        _out, error = parent.communicate(timeout=WAIT_SECONDS)
        assert "The child ended with code -9" in error
        assert await_end(grandchild)
    finally:
        parent.kill()
        parent.wait()


def test_request_to_end_while_a_child_is_started_waits_until_it_is_known(tmp_path: Path) -> None:
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    popen = subprocess.Popen
    started = []

    def start_and_interrupt(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(popen(*arguments, **options))
        signal.raise_signal(signal.SIGINT)
        return started[0]

    try:
        with (
            patch("cohort.demo.processes.subprocess.Popen", start_and_interrupt),
            pytest.raises(Stopped),
            Children(tmp_path) as children,
        ):
            children.start("child", [sys.executable, "-c", "import time; time.sleep(600)"], {})
        assert started[0].poll() is not None
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
