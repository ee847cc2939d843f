"""Background work. The row is the truth; a message in the broker is only a wake-up."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# A repeated request gets its first answer for so long.
REPLIES_KEPT_FOR = timedelta(hours=24)


class JobQuerySet(models.QuerySet["Job"]):
    """Reads of jobs."""

    def visible_to(self, user: Any) -> JobQuerySet:
        """Return the jobs that the user asked for."""
        return self.filter(created_by_id=user.pk) if user.pk else self.none()

    def filter_stale(self) -> JobQuerySet:
        """Return those that run without a sign of life, or wait although nobody seems to be told."""
        limit = timezone.now() - timedelta(seconds=settings.JOB_STALE_SECONDS)
        return self.filter(
            Q(state=Job.State.RUNNING, heartbeat_at__lt=limit) | Q(state=Job.State.QUEUED, woken_at__lt=limit)
        )


class Job(models.Model):
    """One piece of background work with its progress.

    A worker takes a job by a conditional update, reports with `beat`, and ends it with `finish` or
    `fail`. Running it twice must equal running it once: the work itself resumes at `done` or repeats
    harmlessly.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    # Two requests for the same work share one job.
    key = models.CharField(max_length=120, unique=True)
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=1)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Names the attempt that holds the job, so that a worker thought dead cannot write over its successor.
    attempt_token = models.UUIDField(null=True)
    error = models.TextField(blank=True)
    result = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="jobs"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    woken_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        db_table = "jobs_job"
        ordering: ClassVar[list[str]] = ["-created_at"]
        indexes: ClassVar[list[models.Index]] = [
            # Few jobs are open at any time; the reaper looks at those alone.
            models.Index(
                fields=["state", "heartbeat_at"],
                name="jobs_job_open",
                condition=Q(state__in=["queued", "running"]),
            )
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="jobs_job_done_within_total", condition=Q(done__lte=F("total"))),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state} {self.done}/{self.total}"

    @property
    def is_open(self) -> bool:
        """Waiting or running."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def percent(self) -> int:
        """Progress in whole per cent, rounded down so that 100 means all."""
        return 100 * self.done // self.total if self.total else 100


class StoredReplyQuerySet(models.QuerySet["StoredReply"]):
    """Stored answers, of which the old are not given again."""

    def outdated(self) -> StoredReplyQuerySet:
        """Answers that are older than they are kept."""
        return self.filter(created_at__lt=timezone.now() - REPLIES_KEPT_FOR)


class StoredReply(models.Model):
    """What a program was answered to a request with an `Idempotency-Key`; see `rest.idempotency`."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    status = models.PositiveSmallIntegerField(default=0)
    content_type = models.CharField(max_length=100, blank=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)

    objects = StoredReplyQuerySet.as_manager()

    class Meta:
        db_table = "jobs_stored_reply"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="jobs_stored_reply_once", fields=["user", "key"]),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.status}"


class JobInput(models.Model):
    """What a job works on where it is too long for its parameters, packed."""

    job = models.OneToOneField(Job, on_delete=models.CASCADE, primary_key=True, related_name="input")
    content = models.BinaryField()

    class Meta:
        db_table = "jobs_job_input"

    def __str__(self) -> str:
        return str(self.job)
