"""What the figures of business years were before."""

from __future__ import annotations

from companies.models import Company, YearRevision

SHOWN = 20


def list_year_revisions(company: Company) -> list[YearRevision]:
    """List the latest figures that gave way to others, newest first; one query."""
    return list(YearRevision.objects.filter(company=company).select_related("changed_by")[:SHOWN])
