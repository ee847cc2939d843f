"""Official results that were stated elsewhere."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone

from accounts.models import User
from assessments.models import Assessment


class StatedResult(models.Model):
    """The level that the ministry’s site states for a company: shown as that, never mixed with computed levels."""

    assessment = models.OneToOneField(Assessment, on_delete=models.CASCADE, related_name="stated_result")
    level = models.PositiveSmallIntegerField(validators=[MaxValueValidator(4)])
    points = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    stated_on = models.DateField(null=True, blank=True)
    loaded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    loaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "cohort_stated_result"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="cohort_stated_result_level", condition=models.Q(level__lte=4)),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id}: {self.level}"
