"""Enqueue, claim, report and end jobs.

A kind of job is a Celery task that takes the job's id; `runs(kind)` ties the two together:

    @runs("score-submission")
    def score_submission(work: Work) -> None: ...
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from celery import Task, current_app, shared_task
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from jobs.models import Job, JobQuerySet

log = structlog.get_logger(__name__)

_TASKS: dict[str, str] = {}


class Superseded(Exception):
    """The loss of a job to another attempt, or by its cancelling: stop without touching it."""


@dataclass
class Work:
    """What a running attempt sees of its job."""

    job: Job
    result: dict[str, Any] = field(default_factory=dict)

    def heartbeat(self, done: int | None = None, total: int | None = None) -> None:
        """Say that this attempt lives, and how far it is; raises `Superseded` if it no longer holds the job."""
        changes: dict[str, Any] = {"heartbeat_at": timezone.now()}
        if done is not None:
            changes["done"] = self.job.done = done
        if total is not None:
            changes["total"] = self.job.total = total
        if self.result:
            changes["result"] = self.result
        if not self.select_held_job().update(**changes):
            raise Superseded(str(self.job.pk))

    def select_held_job(self) -> JobQuerySet:
        """Return the row of the job, as long as this attempt holds it."""
        return Job.objects.filter(
            pk=self.job.pk, state=Job.State.RUNNING, attempt_token=self.job.attempt_token
        )

    def finish(self) -> None:
        """End the job well; no effect if another attempt holds it."""
        now = timezone.now()
        self.select_held_job().update(
            state=Job.State.DONE,
            done=F("total"),
            error="",
            result=self.result,
            heartbeat_at=now,
            finished_at=now,
        )

    def fail(self, error: Exception) -> None:
        """Put the job back for another attempt, or give it up after the last one, with the reason kept."""
        last = self.job.attempts >= settings.JOB_MAX_ATTEMPTS
        now = timezone.now()
        self.select_held_job().update(
            state=Job.State.FAILED if last else Job.State.QUEUED,
            error=f"{type(error).__name__}: {error}"[:2000],
            finished_at=now if last else None,
            woken_at=now,
        )


def enqueue(
    kind: str,
    *,
    key: str,
    parameters: dict[str, Any],
    by: AbstractBaseUser | None,
    total: int = 1,
) -> Job:
    """Return the job with this `key`, made and woken after commit if it is new.

    A job that failed or was cancelled is taken up again; one that waits, runs or is done is returned as
    it is, so asking twice does the work once.
    """
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=kind,
                key=key,
                parameters=parameters,
                total=total,
                created_by_id=by.pk if by is not None else None,
            )
    except IntegrityError:
        revived = Job.objects.filter(key=key, state__in=[Job.State.FAILED, Job.State.CANCELLED]).update(
            state=Job.State.QUEUED, attempts=0, error="", finished_at=None, woken_at=timezone.now()
        )
        job = Job.objects.get(key=key)
        if not revived:
            return job
    wake_after_commit(job)
    return job


def cancel(job: Job) -> bool:
    """Stop a job; what it has stored stays. A running attempt notices at its next beat. False if it has ended."""
    return bool(
        Job.objects.filter(pk=job.pk, state__in=[Job.State.QUEUED, Job.State.RUNNING]).update(
            state=Job.State.CANCELLED, finished_at=timezone.now()
        )
    )


def wake_after_commit(job: Job) -> None:
    """Tell the workers once the row is there for them to see."""
    transaction.on_commit(lambda: wake(job.pk, job.kind))


def wake(job_id: uuid.UUID, kind: str) -> None:
    """Send the wake-up. A broker that is down only delays the job: the reaper sends again."""
    try:
        current_app.send_task(_TASKS[kind], args=[str(job_id)], ignore_result=True)
    except OSError as error:
        log.warning("job.wake_failed", job=str(job_id), kind=kind, error=str(error))


def claim(job_id: str) -> Job | None:
    """Take a waiting job for this worker; None if it is not waiting (another worker got there first)."""
    now = timezone.now()
    token = uuid.uuid4()
    taken = Job.objects.filter(pk=job_id, state=Job.State.QUEUED).update(
        state=Job.State.RUNNING,
        attempts=F("attempts") + 1,
        attempt_token=token,
        started_at=now,
        heartbeat_at=now,
    )
    return Job.objects.get(pk=job_id) if taken else None


def register_job(kind: str) -> Callable[[Callable[[Work], None]], Task[[str], None]]:
    """Make a function the Celery task that runs jobs of `kind`."""

    def register(function: Callable[[Work], None]) -> Task[[str], None]:
        name = f"{function.__module__}.{function.__name__}"
        _TASKS[kind] = name

        def run(job_id: str) -> None:
            job = claim(job_id)
            if job is None:
                return
            work = Work(job)
            try:
                function(work)
            except Superseded:
                log.info("job.superseded", job=job_id, kind=kind)
            except Exception as error:
                work.fail(error)
                log.exception("job.attempt_failed", job=job_id, kind=kind, attempt=job.attempts)
            else:
                work.finish()

        run.__doc__ = function.__doc__
        task: Task[[str], None] = shared_task(name=name, ignore_result=True)(run)
        return task

    return register


def requeue_stale_jobs() -> int:
    """Put jobs of dead workers back and send lost wake-ups again; the number of jobs that were woken.

    A job that used up its attempts is marked as failed with the reason, so that it is seen.
    """
    woken = 0
    for job in Job.objects.filter_stale().order_by("created_at"):
        now = timezone.now()
        same = Job.objects.filter(pk=job.pk, state=job.state, attempt_token=job.attempt_token)
        if job.attempts >= settings.JOB_MAX_ATTEMPTS:
            same.update(
                state=Job.State.FAILED,
                finished_at=now,
                error=job.error or f"No sign of life from the worker in {job.attempts} attempts.",
            )
            continue
        if same.update(state=Job.State.QUEUED, woken_at=now):
            wake(job.pk, job.kind)
            woken += 1
    return woken
