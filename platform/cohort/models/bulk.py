"""One bulk action: the same done for many companies at once, and what became of each."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from assessments.models import Round
from companies.models import Company, Programme
from jobs.models import Job


class BulkRunQuerySet(models.QuerySet["BulkRun"]):
    """Reads of bulk runs."""

    def visible_to(self, user: User) -> BulkRunQuerySet:
        """Return those of the programmes that the person runs, whoever started them."""
        return self.filter(round__programme__in=Programme.objects.allowing(user, Permission.RUN_PROGRAMME))


class BulkRun(models.Model):
    """An act on all companies that matched a filter, or on those that were picked, done by one job."""

    class Kind(models.TextChoices):
        INVITE = "invite", _("Invite")
        REMIND = "remind", _("Remind")
        ASSIGN_COUNTY = "assign_county", _("Assign a county reviewer")
        ASSIGN_ASSESSOR = "assign_assessor", _("Assign an assessor")
        DROP_COUNTY = "drop_county", _("Take the county reviewer off")
        DROP_ASSESSOR = "drop_assessor", _("Take the assessor off")
        RESCORE = "rescore", _("Score again")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    # The query part of the address of the list; empty where companies were picked one by one.
    query = models.CharField(max_length=1000, blank=True)
    assignee = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, null=True, related_name="+")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BulkRunQuerySet.as_manager()

    class Meta:
        db_table = "cohort_bulk_run"
        ordering: ClassVar[list[str]] = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at:%Y-%m-%d %H:%M}"


class BulkOutcome(models.Model):
    """One company of a bulk run: waiting, done, or left out with the reason."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        LEFT_OUT = "left_out", _("Left out")

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="outcomes")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=20, blank=True)

    class Meta:
        db_table = "cohort_bulk_outcome"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="cohort_bulk_outcome_once", fields=["run", "company"]),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["run", "state"], name="cohort_bulk_outcome_state"),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.state}"
