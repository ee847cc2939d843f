"""The list of a programme: which companies are to be upgraded."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models


class Listing(models.Model):
    """A company's place on the programme's list of companies to be upgraded."""

    programme = models.ForeignKey("companies.Programme", on_delete=models.CASCADE, related_name="listings")
    company = models.ForeignKey("companies.Company", on_delete=models.CASCADE, related_name="listings")
    batch = models.CharField(max_length=20, blank=True)
    provider_name = models.CharField(max_length=120, blank=True)
    contract_on = models.DateField(null=True, blank=True)
    contract_wan = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    target_level = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(4)])
    listed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "companies_listing"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="companies_listing_once", fields=["programme", "company"]),
        ]

    def __str__(self) -> str:
        return f"{self.company} in {self.programme}"
