"""Files that a worker makes for somebody: reports on results, plans, and packets of reports."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from assessments.models.assessment import Assessment
from assessments.models.round import Round
from companies.models import Company, Programme
from jobs.models import Job

KEPT_DAYS = 30


@dataclass(frozen=True)
class ReportProgress:
    """The number of reports made and of reports wanted, and whether a part was given up."""

    done: int
    total: int
    has_failed: bool

    @property
    def percent(self) -> int:
        """In whole per cent, rounded down."""
        return 100 * self.done // self.total if self.total else 100


class ReportQuerySet(models.QuerySet["Report"]):
    """Reads of reports."""

    def visible_to(self, user: User) -> ReportQuerySet:
        """Return reports on companies whose results the user may read, and the user's own packets.

        A packet is for the one who asked for it, as long as that person may export lists: it holds what that
        person could see when it was made.
        """
        companies = Company.objects.allowing(user, Permission.SEE_ANSWERS)
        programmes = Programme.objects.allowing(user, Permission.EXPORT)
        return self.filter(
            Q(assessment__company__in=companies)
            | Q(assessment__isnull=True, created_by=user.pk, round__programme__in=programmes)
        )

    def filter_outdated(self) -> ReportQuerySet:
        """Return the reports that nobody is expected to fetch any more."""
        return self.filter(created_at__lt=timezone.now() - timedelta(days=KEPT_DAYS))


class Report(models.Model):
    """One file, asked for by somebody and made by a worker; until then it has no `path`.

    It states what held when it was made: a later submission or another plan needs another report.
    """

    class Kind(models.TextChoices):
        RESULT = "result", _("Report on the result")
        PLAN = "plan", _("Plan")
        PACKET = "packet", _("Reports of many companies")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="reports")
    # Whose result it is; none for a packet.
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, null=True, related_name="reports")
    language = models.CharField(max_length=10)
    # How many companies it covers; a packet is complete when each has its file.
    companies = models.PositiveIntegerField(default=1)
    # Below the folder of files, under a name that cannot be guessed.
    path = models.CharField(max_length=120, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="reports"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        db_table = "assessments_report"
        ordering: ClassVar[list[str]] = ["-created_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="assessments_report_packet_has_no_assessment",
                condition=Q(kind="packet", assessment__isnull=True) | Q(assessment__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def job_key(self) -> str:
        """The beginning of the keys of the jobs that make it; a packet is made by several."""
        return f"report:{self.pk}:"

    def compute_progress(self) -> ReportProgress:
        """Compute how far its jobs are; one query."""
        jobs = Job.objects.filter(key__startswith=self.job_key)
        return ReportProgress(
            done=sum(job.done for job in jobs),
            total=self.companies,
            has_failed=any(job.state in (Job.State.FAILED, Job.State.CANCELLED) for job in jobs),
        )

    @property
    def is_ready(self) -> bool:
        """Whether the file can be fetched."""
        return bool(self.path)
