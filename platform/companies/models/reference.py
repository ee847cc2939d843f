"""Cities, areas, sectors and key industries: lists that the bureau keeps as data."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Named(models.Model):
    """Something with a stable code and a name in both languages."""

    name_en = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0)
    # No longer offered for choice. Codes are never deleted: companies and past figures refer to them.
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh

    @property
    def is_retired(self) -> bool:
        """Whether it can no longer be chosen."""
        return self.retired_at is not None


class City(Named):
    """A prefecture-level city that runs programmes. The code is that of GB/T 2260."""

    code = models.CharField(max_length=6, unique=True)

    class Meta:
        db_table = "companies_city"
        ordering: ClassVar[list[str]] = ["code"]


class Area(Named):
    """A part of a city: a statutory division, or a functional area that lies over divisions.

    Divisions partition the companies; a functional area is a filter and decides which county-level office
    reviews a company.
    """

    class Kind(models.TextChoices):
        DIVISION = "division", _("Division")
        FUNCTIONAL = "functional", _("Functional area")

    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="areas")
    code = models.CharField(max_length=12)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # Place in the tile map of the city, row and column from 1; empty for functional areas.
    tile_row = models.PositiveSmallIntegerField(null=True, blank=True)
    tile_column = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        db_table = "companies_area"
        ordering: ClassVar[list[str]] = ["city", "kind", "position", "code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="companies_area_code_once_per_city", fields=["city", "code"]),
            models.CheckConstraint(
                name="companies_area_functional_has_no_tile",
                condition=Q(kind="division") | Q(tile_row__isnull=True, tile_column__isnull=True),
            ),
        ]


class Park(Named):
    """An industrial park of a city; companies name theirs by its Chinese name."""

    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="parks")
    code = models.CharField(max_length=30)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="parks")

    class Meta:
        db_table = "companies_park"
        ordering: ClassVar[list[str]] = ["city", "position", "code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="companies_park_code_once_per_city", fields=["city", "code"]),
        ]


class Sector(Named):
    """A sector of the pilot: automotive, steel, construction machinery, other."""

    code = models.CharField(max_length=30, unique=True)

    class Meta:
        db_table = "companies_sector"
        ordering: ClassVar[list[str]] = ["position"]


class KeyIndustry(Named):
    """One of the nine key industries of the "3+3+X" system, each with a task force of the city."""

    code = models.CharField(max_length=30, unique=True)

    class Meta:
        db_table = "companies_key_industry"
        ordering: ClassVar[list[str]] = ["position"]
