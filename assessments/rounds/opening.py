"""Giving a round's companies their assessments."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from assessments.models import Assessment, Round
from companies.models import Company, Listing, Programme

# Small enough that progress is seen, and little is done again, with a few hundred companies.
CHUNK = 100


def list_missing_companies(round_: Round) -> list[UUID]:
    """List the companies on the programme's list that have no assessment in the round yet."""
    present = Assessment.objects.filter(round=round_).values("company")
    listed = (
        Listing.objects.filter_current().filter(programme=round_.programme_id).exclude(company__in=present)
    )
    return list(listed.order_by("company_id").values_list("company_id", flat=True))


def add_companies(round_: Round, progress: Callable[[int, int], None] | None = None) -> int:
    """Make the assessments that are missing, in chunks; return how many.

    After a breakdown it goes on with those that are still missing: none is made twice. `progress` is told how
    many of how many are done.
    """
    companies = list_missing_companies(round_)
    present = Assessment.objects.filter(round=round_).count()
    total = present + len(companies)
    for start in range(0, len(companies), CHUNK):
        chunk = companies[start : start + CHUNK]
        # Somebody else may have added some meanwhile: the constraint decides, not what was read.
        Assessment.objects.bulk_create(
            [Assessment(round=round_, company_id=company) for company in chunk], ignore_conflicts=True
        )
        if progress is not None:
            progress(present + start + len(chunk), total)
    return len(companies)


def join_open_rounds(company: Company, programme: Programme) -> None:
    """Give a company that was put on the list its assessments in the rounds that are open."""
    Assessment.objects.bulk_create(
        [
            Assessment(round=round_, company=company)
            for round_ in Round.objects.filter(programme=programme).exclude_frozen()
        ],
        ignore_conflicts=True,
    )
