"""What a county's reviewer found, and what was given back to a company to correct."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assessments.models.assessment import Assessment
from assessments.models.submission import Submission


class CountyCheck(models.Model):
    """A county reviewer's finding about one submission. Rows are added and never changed."""

    class Outcome(models.TextChoices):
        RECOMMENDED = "recommended", _("Recommended to the city")
        RETURNED = "returned", _("Returned to the company")

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="county_checks")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="county_checks")
    outcome = models.CharField(max_length=11, choices=Outcome.choices)
    comment = models.TextField(blank=True)
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()

    class Meta:
        db_table = "assessments_county_check"
        ordering: ClassVar[list[str]] = ["-checked_at"]

    def __str__(self) -> str:
        return f"{self.submission}: {self.outcome}"


class Return(models.Model):
    """Items given back to a company: until it submits again, these alone can be answered."""

    class Origin(models.TextChoices):
        COUNTY = "county", _("County check")
        SITE = "site", _("Visit on site")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="returns")
    origin = models.CharField(max_length=6, choices=Origin.choices)
    comment = models.TextField(blank=True)
    returned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    returned_at = models.DateTimeField()
    # The submission by which the company answered; empty while it has not.
    answered_by = models.ForeignKey(Submission, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "assessments_return"
        ordering: ClassVar[list[str]] = ["-returned_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="assessments_return_one_open", fields=["assessment"], condition=Q(closed_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment}: {self.returned_at:%Y-%m-%d}"


class ReturnedItem(models.Model):
    """One item of a return, with what the company should look at."""

    returned = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="items")
    item = models.CharField(max_length=8)
    comment = models.TextField(blank=True)

    class Meta:
        db_table = "assessments_returned_item"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="assessments_returned_item_once", fields=["returned", "item"]),
        ]

    def __str__(self) -> str:
        return self.item
