"""Who is to review which assessment."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assessments.models.assessment import Assessment


class ReviewAssignment(models.Model):
    """An assessment handed to one county reviewer for checking, or to one assessor for the site visit."""

    class Kind(models.TextChoices):
        COUNTY = "county", _("County check")
        ASSESSOR = "assessor", _("Assessment on site")

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="review_assignments")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="review_assignments")
    assigned_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    assigned_at = models.DateTimeField()

    class Meta:
        db_table = "assessments_review_assignment"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="assessments_review_assignment_once", fields=["assessment", "kind"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.user}"
