"""The list of a programme: which companies are to be upgraded."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ListingQuerySet(models.QuerySet["Listing"]):
    """Reads of listings."""

    def filter_current(self) -> ListingQuerySet:
        """Return the companies that are on the list now."""
        return self.filter(ended_on__isnull=True)


class Listing(models.Model):
    """A company's place on the programme's list of companies to be upgraded."""

    class End(models.TextChoices):
        LEFT = "left", _("Left the programme")
        MERGED = "merged", _("Merged into another company")

    programme = models.ForeignKey("companies.Programme", on_delete=models.CASCADE, related_name="listings")
    company = models.ForeignKey("companies.Company", on_delete=models.CASCADE, related_name="listings")
    batch = models.CharField(max_length=20, blank=True)
    provider_name = models.CharField(max_length=120, blank=True)
    contract_on = models.DateField(null=True, blank=True)
    contract_wan = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    target_level = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(4)])
    listed_at = models.DateTimeField(auto_now_add=True)
    # When and why the company left the list. It stays readable and counts in rounds that were over by then.
    ended_on = models.DateField(null=True, blank=True)
    end_kind = models.CharField(max_length=8, choices=End.choices, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)

    objects = ListingQuerySet.as_manager()

    class Meta:
        db_table = "companies_listing"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="companies_listing_once", fields=["programme", "company"]),
            models.CheckConstraint(
                name="companies_listing_end_has_kind",
                condition=Q(ended_on__isnull=True, end_kind="")
                | (Q(ended_on__isnull=False) & Q(end_kind__in=["left", "merged"])),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} in {self.programme}"
