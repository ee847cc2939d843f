"""Monthly briefings."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from cohort.models.sample import Sample
from companies.models import Programme
from companies.models.scope import select_programme_roles


class BriefingQuerySet(models.QuerySet["Briefing"]):
    """Reads of briefings."""

    def visible_to(self, user: User) -> BriefingQuerySet:
        """Return all briefings for those who work for the whole programme; for others those of their area."""
        found = Q(pk__in=[])
        held_roles = select_programme_roles(Permission.READ_BRIEFING).filter(user=user.pk)
        for held in held_roles.select_related("area"):
            own = Q(programme=held.programme_id)
            if held.area is not None:
                own &= Q(scope=Briefing.Scope.AREA, code=held.area.code)
            found |= own
        return self.filter(found)


def get_covered_month(day: date) -> date:
    """Return the first day of the month that ends with, or is in course on, the night before a sample's day."""
    return (day - timedelta(days=1)).replace(day=1)


class Briefing(models.Model):
    """One month for the city, an area or a task force. Figures are frozen; words can be edited until approval."""

    class Scope(models.TextChoices):
        CITY = "city", _("Whole city")
        AREA = "area", _("Area")
        INDUSTRY = "industry", _("Task force of a key industry")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="briefings")
    # The first day of the month in which it was drafted.
    month = models.DateField()
    scope = models.CharField(max_length=8, choices=Scope.choices)
    # Of the area or the key industry; empty for the city.
    code = models.CharField(max_length=30, blank=True)
    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="briefings")
    # The month before, if there was a sample then.
    earlier = models.ForeignKey(Sample, on_delete=models.PROTECT, null=True, related_name="+")
    # Counted from the samples when it was made: `cohort.briefings.figures`.
    figures = models.JSONField()
    # By language: title, lead, requests (a list). The only part that people may change.
    words = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True)
    edited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = BriefingQuerySet.as_manager()

    class Meta:
        db_table = "cohort_briefing"
        ordering: ClassVar[list[str]] = ["-month", "scope", "code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="cohort_briefing_once_a_month", fields=["programme", "month", "scope", "code"]
            ),
            models.CheckConstraint(
                name="cohort_briefing_approved_by_somebody",
                condition=Q(approved_at__isnull=True, approved_by__isnull=True)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.scope} {self.code}".rstrip()

    @property
    def covered_month(self) -> date:
        """The first day of the month that it is about: one drafted on the first is about the month before."""
        return get_covered_month(self.sample.day)

    @property
    def is_approved(self) -> bool:
        """Whether nothing of it can change any more."""
        return self.approved_at is not None
