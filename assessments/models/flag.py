"""Hints for reviewers, kept with what was made of them, and samples of companies to visit."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.roles import Permission
from assessments.models.assessment import Assessment
from assessments.models.round import Round
from assessments.models.submission import Submission
from companies.models import Company
from companies.permissions import list_represented_companies


class FlagQuerySet(models.QuerySet["Flag"]):
    """Reads of flags."""

    def visible_to(self, user: User) -> FlagQuerySet:
        """Return the flags whose hints the user may see, never of a company that the user acted for."""
        companies = Company.objects.allowing(user, Permission.SEE_FLAGS).exclude(
            pk__in=list_represented_companies(user)
        )
        return self.filter(assessment__company__in=companies)

    def filter_open(self) -> FlagQuerySet:
        """Return the flags that still hold and that nobody has settled."""
        return self.filter(disposition=Flag.Disposition.OPEN, lapsed_at__isnull=True)


class Flag(models.Model):
    """A hint about a submission with its evidence. It proves nothing, changes no figure, and no company sees it."""

    class Kind(models.TextChoices):
        STRAIGHT = "straight", _("Same position throughout")
        RANDOM = "random", _("Answers without a pattern")
        TWIN = "twin", _("Nearly the same answers")
        DIFFERS = "differs", _("Differs from the profile")
        CONTRADICTION = "contradiction", _("Does not fit the figures")
        JUMP = "jump", _("Jump between rounds")

    class Disposition(models.TextChoices):
        OPEN = "open", _("Not looked at")
        EXPLAINED = "explained", pgettext_lazy("of a flag", "Explained")
        CONFIRMED = "confirmed", pgettext_lazy("of a flag", "Confirmed")
        DISMISSED = "dismissed", _("Dismissed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="flags")
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="flags")
    kind = models.CharField(max_length=13, choices=Kind.choices)
    item = models.CharField(max_length=8, blank=True)
    # The other company of a pair; shown only to those who may see both.
    other = models.ForeignKey(Assessment, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    evidence = models.JSONField(default=dict)
    raised_at = models.DateTimeField()
    # When a later submission no longer gave it.
    lapsed_at = models.DateTimeField(null=True, blank=True)
    disposition = models.CharField(max_length=9, choices=Disposition.choices, default=Disposition.OPEN)
    comment = models.TextField(blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        db_table = "assessments_flag"
        ordering: ClassVar[list[str]] = ["-raised_at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["assessment", "disposition"], name="assessments_flag_of"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="assessments_flag_once",
                fields=["assessment", "kind", "item", "other"],
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment}: {self.kind} {self.item}"

    @property
    def is_open(self) -> bool:
        """Whether it still holds and nobody has settled it."""
        return self.disposition == self.Disposition.OPEN and self.lapsed_at is None


class VisitSample(models.Model):
    """A draw of companies to visit, with everything needed to draw it again. Rows are never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="visit_samples")
    seed = models.CharField(max_length=64)
    size = models.PositiveSmallIntegerField()
    formula = models.CharField(max_length=20)
    # One entry per company it was drawn from: assessment id, weight, and what the weight was made of.
    frame = models.JSONField()
    drawn = models.JSONField()
    drawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()

    class Meta:
        db_table = "assessments_visit_sample"
        ordering: ClassVar[list[str]] = ["-drawn_at"]

    def __str__(self) -> str:
        return f"{self.round}: {self.size}, {self.seed}"
