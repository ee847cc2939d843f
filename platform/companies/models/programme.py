"""Programmes: a city's pilot with its window, sectors and target."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from accounts.models import User
from accounts.roles import Permission
from companies.models.reference import City, Sector
from companies.models.scope import build_programme_condition


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    """Reads of programmes."""

    def allowing(self, user: User, verb: Permission) -> ProgrammeQuerySet:
        """Return the programmes in which the user holds a role that allows this."""
        return self.filter(build_programme_condition(user, verb))


class Programme(models.Model):
    """A city's pilot for the digital upgrade of small manufacturers: window, sectors, target."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="programmes")
    name_en = models.CharField(max_length=160)
    name_zh = models.CharField(max_length=160)
    sectors = models.ManyToManyField(Sector, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    target_level = models.PositiveSmallIntegerField(default=2, validators=[MaxValueValidator(4)])
    # The version of the questionnaire that new rounds take; empty for the product's own current one.
    instrument_version = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        db_table = "companies_programme"
        ordering: ClassVar[list[str]] = ["-starts_on", "code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="companies_programme_ends_after_start", condition=Q(ends_on__gt=F("starts_on"))
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh
