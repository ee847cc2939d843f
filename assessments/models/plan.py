"""The plan of a company: which steps it takes, who does them, and by when."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models.assessment import Assessment
from assessments.models.score import ScoreRun


class Plan(models.Model):
    """Steps towards an official level or a tier, saved from the way up. One counts; earlier ones are kept.

    Figures of steps are as they were when it was saved: a later change of typical costs does not touch them.
    """

    class Goal(models.TextChoices):
        LEVEL = "level", _("Official level")
        TIER = "tier", _("Tier")

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="plans")
    # The result that it was made from: where the company stood, and by which release.
    run = models.ForeignKey(ScoreRun, on_delete=models.PROTECT, related_name="plans")
    number = models.PositiveSmallIntegerField()
    goal = models.CharField(max_length=5, choices=Goal.choices)
    target = models.PositiveSmallIntegerField()
    # Where the steps lead by the rule and the model: the official level, and hundredths of a point in the reading that
    # counts missing answers as 0, as the run has them before.
    level_after = models.PositiveSmallIntegerField()
    readiness_after = models.PositiveSmallIntegerField()
    reaches_target = models.BooleanField()
    months = models.PositiveSmallIntegerField()
    is_current = models.BooleanField(default=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "assessments_plan"
        ordering: ClassVar[list[str]] = ["-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="assessments_plan_number_once", fields=["assessment", "number"]),
            models.UniqueConstraint(
                name="assessments_plan_one_current", fields=["assessment"], condition=Q(is_current=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment} plan {self.number}"

    @property
    def level_before(self) -> int:
        """The official level when it was made."""
        return self.run.official_level

    @property
    def readiness_before(self) -> int:
        """The score when it was made, read as `readiness_after` is."""
        return self.run.readiness_guarded


class PlanStep(models.Model):
    """Raising one item. Costs are thousand yuan, the gain hundredths of a point of readiness."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    item = models.CharField(max_length=10)
    # -1 where the question was not answered.
    from_stage = models.SmallIntegerField()
    to_stage = models.SmallIntegerField()
    cost_low = models.PositiveIntegerField()
    cost_high = models.PositiveIntegerField()
    months = models.PositiveSmallIntegerField()
    gain = models.IntegerField()
    # Items of the plan that have to be raised first.
    after = models.JSONField(default=list)
    owner = models.CharField(_("who does it"), max_length=60, blank=True)
    due_on = models.DateField(_("by when"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)

    class Meta:
        db_table = "assessments_plan_step"
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="assessments_plan_step_once", fields=["plan", "item"]),
            models.CheckConstraint(
                name="assessments_plan_step_raises", condition=Q(to_stage__gt=models.F("from_stage"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.from_stage} to {self.to_stage}"
