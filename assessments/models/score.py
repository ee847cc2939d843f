"""Score runs: what a release of the model says of a submission."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from accounts.roles import Permission
from assessments.models.submission import Submission
from benchmarks.models import Release
from companies.models import Company

DIMENSIONS = tuple(f"d{number}" for number in range(1, 11))


class ScoreRunQuerySet(models.QuerySet["ScoreRun"]):
    """Reads of score runs."""

    def visible_to(self, user: User) -> ScoreRunQuerySet:
        """Return the runs of companies whose results the user may read."""
        return self.filter(
            submission__assessment__company__in=Company.objects.allowing(user, Permission.SEE_ANSWERS)
        )


class ScoreRun(models.Model):
    """Submission x release, append-only. Outputs are integers, so that a replay can be compared exactly.

    Points are hundredths (4360 is 43.6), probabilities ten-thousandths, base points thousandths. `readiness`
    and `d1` to `d10` are the estimate (missing answers filled from their dimension); `readiness_guarded`
    counts missing answers as 0, and `exceed_1` to `exceed_3`, P(tier >= k), and `tier` follow from that
    reading alone. They are null where too little was answered to state a tier.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Neither this nor the release has an index of its own: a constraint and an index below begin with them.
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="score_runs", db_index=False
    )
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="score_runs", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)
    readiness = models.SmallIntegerField()
    readiness_guarded = models.SmallIntegerField()
    readiness_low = models.SmallIntegerField()
    readiness_high = models.SmallIntegerField()
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
    exceed_1 = models.SmallIntegerField(null=True)
    exceed_2 = models.SmallIntegerField(null=True)
    exceed_3 = models.SmallIntegerField(null=True)
    tier = models.SmallIntegerField(null=True)
    official_level = models.SmallIntegerField()
    base_points = models.IntegerField()
    base_foundation = models.IntegerField()
    base_management = models.IntegerField()
    base_outcomes = models.IntegerField()
    # Scenarios at level k or above, and the binding ones among them: the second gate of the official level.
    scenarios_1 = models.SmallIntegerField()
    scenarios_2 = models.SmallIntegerField()
    scenarios_3 = models.SmallIntegerField()
    scenarios_4 = models.SmallIntegerField()
    binding_1 = models.SmallIntegerField()
    binding_2 = models.SmallIntegerField()
    binding_3 = models.SmallIntegerField()
    binding_4 = models.SmallIntegerField()

    objects = ScoreRunQuerySet.as_manager()

    class Meta:
        db_table = "assessments_score_run"
        ordering: ClassVar[list[str]] = ["-created_at"]
        # Thousands are stored at one moment, so that a walk in the order of storing needs the id in the index.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_at", "id"], name="assessments_score_run_walk"),
            models.Index(fields=["release", "created_at", "id"], name="assessments_score_run_release"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="assessments_score_run_once", fields=["submission", "release"]),
            models.CheckConstraint(
                name="assessments_score_run_readiness_range",
                condition=Q(readiness__gte=0) & Q(readiness__lte=10_000),
            ),
            models.CheckConstraint(
                name="assessments_score_run_level_range",
                condition=Q(official_level__gte=0) & Q(official_level__lte=4),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} x {self.release_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the run; a stored one cannot be saved again."""
        if not self._state.adding:
            raise TypeError("A score run is never changed. Score under another release instead.")
        super().save(*args, **kwargs)

    @property
    def points(self) -> Decimal:
        """The readiness score in points, 0 to 100."""
        return Decimal(self.readiness) / 100

    @property
    def dimensions(self) -> list[int]:
        """The scores of the ten dimensions in hundredths of a point, D1 to D10."""
        return [getattr(self, name) for name in DIMENSIONS]

    @property
    def tier_probabilities(self) -> list[int] | None:
        """P(tier = 0), … P(tier = 3) in ten-thousandths, or None where no tier is stated."""
        if self.exceed_1 is None or self.exceed_2 is None or self.exceed_3 is None:
            return None
        return [
            10_000 - self.exceed_1,
            self.exceed_1 - self.exceed_2,
            self.exceed_2 - self.exceed_3,
            self.exceed_3,
        ]
