"""Companies that may miss the deadline, those that have stood still longest first."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import F

from cohort.queries.cohort import Cohort
from cohort.queries.names import name_in

SHOWN = 8


@dataclass(frozen=True, slots=True)
class AtRisk:
    """A company at risk: the reason (see `Cohort.risk`), days without progress, questions answered."""

    pk: uuid.UUID
    name: str
    reason: str
    days: int
    answered: int


def at_risk(cohort: Cohort, language: str) -> list[AtRisk]:
    """The first few companies at risk; one query."""
    rows = (
        cohort.with_risk(cohort.companies)
        .filter(risk__isnull=False)
        .annotate(reason=F("risk"), since=F("idle_since"), answered=F("now__answered"))
        .order_by("since", "name", "pk")[:SHOWN]
    )
    return [
        AtRisk(
            pk=company.pk,
            name=name_in(language, company),
            reason=company.reason,
            days=(cohort.moment - company.since).days,
            answered=company.answered or 0,
        )
        for company in rows
    ]
