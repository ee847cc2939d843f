"""Signs of life of an attempt that works within one transaction."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Final, Self

from django.db import connection
from django.utils import timezone

from jobs.models import Job
from jobs.work import Superseded, Work

EVERY_SECONDS: Final = 0.5


class ProgressReporter:
    """A reporter of how far an attempt is, at most twice a second; also from within a transaction.

    What a transaction writes is not seen before it ends, so then a connection of its own writes to the job. SQLite has
    room for one writer only: there the last word before the transaction stands until its end. Raises `Superseded`, as
    `Work.beat` does.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._aside = ThreadPoolExecutor(max_workers=1)
        self._last = -EVERY_SECONDS

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._aside.submit(_close).result()
        self._aside.shutdown()

    def __call__(self, done: int, total: int) -> None:
        """Say that so much is done of the whole."""
        now = time.monotonic()
        if now - self._last < EVERY_SECONDS:
            return
        self._last = now
        if not connection.in_atomic_block:
            self._work.heartbeat(done, total)
        elif connection.vendor != "sqlite":
            self._aside.submit(self._report_aside, done, total).result()

    def _report_aside(self, done: int, total: int) -> None:
        job = self._work.job
        if self._work.select_held_job().update(done=done, total=total, heartbeat_at=timezone.now()):
            return
        # A job that was made within the transaction itself is not seen from here.
        if Job.objects.filter(pk=job.pk).exists():
            raise Superseded(str(job.pk))


def _close() -> None:
    """Close the connection of the thread that calls this."""
    connection.close()
