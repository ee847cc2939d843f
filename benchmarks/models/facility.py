"""Reference facilities."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.models import Programme, Sector


class Tier(models.IntegerChoices):
    """The four steps of the ladder; the model gives P(tier >= k)."""

    SME = 0, _("SME baseline")
    WORKSHOP = 1, _("Digital workshop")
    FACTORY = 2, _("Smart factory")
    BENCHMARK = 3, _("Provincial benchmark")


class Provenance(models.TextChoices):
    """Source of the answers of a facility. Generated ones are labelled wherever they show."""

    SYNTHETIC = "synthetic", _("Generated data")
    SURVEY = "survey", _("Answered by the facility")
    AUDITED = "audited", _("Verified on site")


class Facility(models.Model):
    """A reference factory with a tier and answers of its own, frozen like a submission.

    Tier 0 holds the reference sample of SMEs that the model is fitted against; it is never the live cohort.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    tier = models.SmallIntegerField(choices=Tier.choices)
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, related_name="facilities")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="facilities")
    provenance = models.CharField(max_length=9, choices=Provenance.choices)
    # What made a generated facility: generator, version and seed.
    origin = models.CharField(max_length=80)
    instrument_version = models.CharField(max_length=20)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    vector = models.BinaryField(max_length=255)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "benchmarks_facility"
        ordering: ClassVar[list[str]] = ["-tier", "code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="benchmarks_facility_code_once", fields=["programme", "code"]),
            models.CheckConstraint(
                name="benchmarks_facility_tier_range", condition=Q(tier__gte=0) & Q(tier__lte=3)
            ),
        ]

    def __str__(self) -> str:
        return self.name
