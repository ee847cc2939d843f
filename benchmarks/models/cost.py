"""What it typically costs to raise an item: rows that the bureau edits."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from companies.models import Programme


class CostSize(models.TextChoices):
    """The size classes that costs are kept for; a large company is planned for as a medium one."""

    MICRO = "micro", _("Micro")
    SMALL = "small", _("Small")
    MEDIUM = "medium", _("Medium")


class CostStepQuerySet(models.QuerySet["CostStep"]):
    """Reads of costs."""

    def allowing(self, user: User, verb: Permission) -> CostStepQuerySet:
        """Return the costs of programmes in which the user may do `verb`."""
        return self.filter(programme__in=Programme.objects.allowing(user, verb))


class CostStep(models.Model):
    """Typical cost of one step of an item for one size class, in thousand yuan, with source and date.

    A rung (`portions` 0) leads from a stage to the next one. A portion adds `to_stage` stages and may be taken
    `portions` times, such as one more business link of B4.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="cost_steps")
    item = models.CharField(max_length=10)
    from_stage = models.PositiveSmallIntegerField()
    to_stage = models.PositiveSmallIntegerField()
    portions = models.PositiveSmallIntegerField(default=0)
    size = models.CharField(max_length=6, choices=CostSize.choices)
    low = models.PositiveIntegerField(_("low, thousand yuan"))
    high = models.PositiveIntegerField(_("high, thousand yuan"))
    months = models.PositiveSmallIntegerField(_("months"))
    source = models.CharField(_("source"), max_length=120)
    as_of = models.DateField(_("date of the figure"))
    # The order of the catalogue, which is that of the questionnaire.
    position = models.PositiveSmallIntegerField(editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CostStepQuerySet.as_manager()

    class Meta:
        db_table = "benchmarks_cost_step"
        ordering: ClassVar[list[str]] = ["position", "size"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="benchmarks_cost_step_once",
                fields=["programme", "item", "from_stage", "to_stage", "size"],
            ),
            models.CheckConstraint(name="benchmarks_cost_step_range", condition=Q(low__lte=F("high"))),
            models.CheckConstraint(
                name="benchmarks_cost_step_upwards", condition=Q(from_stage__lt=F("to_stage"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.from_stage}-{self.to_stage} {self.size}"
