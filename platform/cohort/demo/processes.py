"""Child processes of the demonstration: each in a group of its own, and none is left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType, TracebackType

STOP_SECONDS = 10.0


class Stopped(Exception):
    """A request to end the demonstration."""


class ChildEnded(Exception):
    """The end of a child by itself; the message says which, and what it said last."""


class Children:
    """A group of processes that all end when the block is left, whatever the reason.

    Each child leads a session of its own, so that a Ctrl-C in the terminal reaches this process alone and
    the children end in order; and whatever a child has started is ended with its group.
    """

    def __init__(self, log_folder: Path) -> None:
        self.log_folder = log_folder
        self._children: list[tuple[str, subprocess.Popen[bytes]]] = []
        self._is_starting = False
        self._asked_to_stop: Stopped | None = None

    def __enter__(self) -> Children:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A second Ctrl-C must not interrupt the tidying up.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        self._end()

    def start(self, name: str, command: Sequence[str], environment: dict[str, str]) -> None:
        """Start a child whose output goes to `NAME.log`.

        A request to end waits until the child is written down: one that nobody knows of would be left behind.
        """
        self._is_starting = True
        try:
            self._start(name, command, environment)
        finally:
            self._is_starting = False
        if self._asked_to_stop is not None:
            raise self._asked_to_stop

    def _start(self, name: str, command: Sequence[str], environment: dict[str, str]) -> None:
        self.log_folder.mkdir(parents=True, exist_ok=True)
        with (self.log_folder / f"{name}.log").open("wb") as log:
            child = subprocess.Popen(  # noqa: S603 - our own interpreter with fixed arguments
                command,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._children.append((name, child))

    def check(self) -> None:
        """Raise `ChildEnded` if a child is no longer there."""
        for name, child in self._children:
            if child.poll() is not None:
                log = self.log_folder / f"{name}.log"
                last = log.read_text(encoding="utf-8", errors="replace").strip()[-2000:]
                raise ChildEnded(f"The {name} ended with code {child.returncode}. Its last words:\n{last}")

    def _end(self) -> None:
        for _name, child in reversed(self._children):
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for _name, child in self._children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=max(0.1, deadline - time.monotonic()))
            # Also what the child itself had started and not ended.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        stopped = Stopped(signal.Signals(number).name)
        if not self._is_starting:
            raise stopped
        self._asked_to_stop = stopped
