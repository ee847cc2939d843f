"""One company in one round."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from assessments.models.counting_run import choose_run
from assessments.models.packed import NO_RUNS, pack_both, pack_run
from assessments.models.round import Round
from assessments.models.stage import Stage, find_stage
from companies.models import Company

if TYPE_CHECKING:
    from assessments.models.score import ScoreRun


# What `Assessment.set_runs` sets.
POINTERS = ("self_run", "verified_run", "figures")


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    """Reads of assessments."""

    def visible_to(self, user: User) -> AssessmentQuerySet:
        """Return the assessments of companies whose existence the user may know."""
        return self.allowing(user, Permission.SEE_COMPANY)

    def allowing(self, user: User, verb: Permission) -> AssessmentQuerySet:
        """Return the assessments of companies towards which the user may do `verb`."""
        return self.filter(company__in=Company.objects.allowing(user, verb))


class Assessment(models.Model):
    """One company in one round. It holds the editable answers and where the company stands."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # No index of its own: the constraint below begins with it.
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="assessments", db_index=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="assessments")
    # Items answered, not known or not applicable; kept with each save so that lists need no count.
    answered = models.PositiveSmallIntegerField(default=0)
    last_answer_at = models.DateTimeField(null=True, blank=True)
    invited_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    scored_at = models.DateTimeField(null=True, blank=True)
    recommended_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    # The runs that count under the active release: of the latest own and of the latest verified submission. Runs are
    # never deleted nor looked up from, and two more indexes would make scoring a programme a fifth slower.
    self_run = models.ForeignKey(
        "assessments.ScoreRun",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    verified_run = models.ForeignKey(
        "assessments.ScoreRun",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    # The figures of both, packed: only `set_runs` sets the three.
    figures = models.BinaryField(default=NO_RUNS)
    # An extension of the bureau's for this company alone; it also holds while the round is frozen.
    extended_until = models.DateTimeField(null=True, blank=True)
    extension_reason = models.CharField(max_length=200, blank=True)
    # Set when the company left the programme or was absorbed by another: nothing changes from then on.
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        db_table = "assessments_assessment"
        ordering: ClassVar[list[str]] = ["round", "company"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_at", "id"], name="assessments_assessment_walk"),
            models.Index(fields=["updated_at", "id"], name="assessments_assessment_changed"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="assessments_assessment_once", fields=["round", "company"]),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.round.code}"

    def set_runs(self, own: ScoreRun | None, verified: ScoreRun | None) -> None:
        """Set the runs that count and their packed figures (`POINTERS`); not saved."""
        self.self_run, self.verified_run = own, verified
        self.figures = pack_both(pack_run(own), pack_run(verified))

    @property
    def stage(self) -> Stage:
        """The furthest step of the funnel that the company has reached."""
        return find_stage(self)

    @property
    def deadline(self) -> datetime:
        """By when the company is to submit: the round's deadline, or its own extension where that is later."""
        if self.extended_until is None:
            return self.round.deadline
        return max(self.round.deadline, self.extended_until)

    @property
    def days_left(self) -> int:
        """Whole days to the company's deadline; negative after it."""
        return (self.deadline - timezone.now()).days

    @property
    def is_frozen(self) -> bool:
        """Whether its answers can no longer change: the one place that decides it.

        Needs `round`. A round that is frozen stays open for a company as long as its extension runs.
        """
        return self.frozen_since is not None

    @property
    def frozen_since(self) -> datetime | None:
        """Since when its answers can no longer change; None while they can."""
        if self.closed_at is not None:
            return self.closed_at
        since = self.round.frozen_since
        if since is None or self.extended_until is None:
            return since
        return None if self.extended_until > timezone.now() else max(since, self.extended_until)

    @property
    def can_change(self) -> bool:
        """Whether answers may be entered and submitted now: the round has opened and is not frozen for it."""
        return self.round.has_opened and not self.is_frozen

    @property
    def run(self) -> ScoreRun | None:
        """The score run that counts: verified where there is one, else self-assessed, else none."""
        return choose_run(self.self_run, self.verified_run)

    @property
    def is_verified(self) -> bool:
        """Whether the level is computed from verified values; before that it is provisional."""
        return self.verified_run_id is not None
