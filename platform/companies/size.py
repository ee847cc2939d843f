"""Size class of an industrial company by the rule of 工信部联企业〔2011〕300号."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _


class SizeClass(models.TextChoices):
    """The four classes; the first three together are the SMEs."""

    MICRO = "micro", _("Micro")
    SMALL = "small", _("Small")
    MEDIUM = "medium", _("Medium")
    LARGE = "large", _("Large")


# Both conditions must hold: employees, revenue in 10,000 yuan.
_AT_LEAST = (
    (SizeClass.LARGE, 1000, Decimal(40_000)),
    (SizeClass.MEDIUM, 300, Decimal(2_000)),
    (SizeClass.SMALL, 20, Decimal(300)),
)


def classify_size(employees: int, revenue_wan: Decimal) -> SizeClass:
    """Return the class of an industrial company by employees and yearly revenue in 10,000 yuan."""
    for size, employees_needed, revenue_needed in _AT_LEAST:
        if employees >= employees_needed and revenue_wan >= revenue_needed:
            return size
    return SizeClass.MICRO
