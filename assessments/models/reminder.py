"""Reminders that a company got in a round."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from accounts.models import User
from assessments.models.assessment import Assessment


class Reminder(models.Model):
    """One time that the people of a company were reminded of a round; the rules for the next one count these."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="reminders")
    sent_at = models.DateTimeField(default=timezone.now)
    sent_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    # How many people got it.
    people = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "assessments_reminder"
        ordering: ClassVar[list[str]] = ["-sent_at"]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.sent_at:%Y-%m-%d}"
