"""Where every company stood on a day."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from assessments.models import Round
from companies.models import Company, Programme

# Trends look back this far; older samples go unless a briefing rests on them.
KEPT_DAYS = 400


class SampleQuerySet(models.QuerySet["Sample"]):
    """Reads of samples."""

    def filter_outdated(self) -> SampleQuerySet:
        """Return old samples on which no briefing rests."""
        return self.filter(frozen_at__isnull=True, day__lt=timezone.localdate() - timedelta(days=KEPT_DAYS))


class Sample(models.Model):
    """All companies of a programme as they stood on one day, taken at night.

    Once a briefing rests on it, it is frozen: its rows are what every number of the briefing was counted from.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="samples")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="samples")
    day = models.DateField()
    taken_at = models.DateTimeField()
    # Worked out later from the dates of steps; results are then those of the day on which it was worked out.
    is_reconstructed = models.BooleanField(default=False)
    is_synthetic = models.BooleanField(default=False)
    release_name = models.CharField(max_length=40, blank=True)
    frozen_at = models.DateTimeField(null=True)

    objects = SampleQuerySet.as_manager()

    class Meta:
        db_table = "cohort_sample"
        ordering: ClassVar[list[str]] = ["-day"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="cohort_sample_once_a_day", fields=["programme", "day"]),
        ]

    def __str__(self) -> str:
        return f"{self.programme.code} {self.day}"


class SampleRow(models.Model):
    """One company on that day. Points are hundredths; -1 stands for none in all whole numbers.

    `step` is the place of the stage in the funnel. `readiness`, `level` and `tier` are of the result that counts;
    `own` and `before`, and the dimensions, are of own answers in this round and the one before, set only where one
    release scored both.
    """

    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="rows")
    # Companies are never deleted; a frozen sample must not lose a row to it.
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    division = models.CharField(max_length=12)
    area = models.CharField(max_length=12, blank=True)
    industry = models.CharField(max_length=30, blank=True)
    step = models.SmallIntegerField()
    answered = models.SmallIntegerField()
    level = models.SmallIntegerField()
    aim = models.SmallIntegerField()
    verified = models.BooleanField()
    readiness = models.SmallIntegerField()
    tier = models.SmallIntegerField()
    own = models.SmallIntegerField()
    before = models.SmallIntegerField()
    # Place of the reason in `cohort.queries.narrowing.RISKS`, and days without progress.
    risk = models.SmallIntegerField()
    idle_days = models.SmallIntegerField()
    d1 = models.SmallIntegerField()
    d2 = models.SmallIntegerField()
    d3 = models.SmallIntegerField()
    d4 = models.SmallIntegerField()
    d5 = models.SmallIntegerField()
    d6 = models.SmallIntegerField()
    d7 = models.SmallIntegerField()
    d8 = models.SmallIntegerField()
    d9 = models.SmallIntegerField()
    d10 = models.SmallIntegerField()
    before_d1 = models.SmallIntegerField()
    before_d2 = models.SmallIntegerField()
    before_d3 = models.SmallIntegerField()
    before_d4 = models.SmallIntegerField()
    before_d5 = models.SmallIntegerField()
    before_d6 = models.SmallIntegerField()
    before_d7 = models.SmallIntegerField()
    before_d8 = models.SmallIntegerField()
    before_d9 = models.SmallIntegerField()
    before_d10 = models.SmallIntegerField()

    class Meta:
        db_table = "cohort_sample_row"
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="cohort_sample_row_once", fields=["sample", "company"]),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row once, with its sample; raise `TypeError` if it is there already."""
        if not self._state.adding:
            raise TypeError("A row of a sample is never changed. Take another sample instead.")
        super().save(*args, **kwargs)
