"""Companies that may miss the deadline, those that have stood still longest first."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import numpy as np

from assessments.models.packed import NONE
from cohort.queries.cohort import Cohort
from cohort.queries.narrowing import RISKS
from cohort.queries.standings import decode_moment
from companies.models import Company
from companies.names import get_company_name

SHOWN = 8


@dataclass(frozen=True, slots=True)
class AtRisk:
    """A company at risk: the reason (one of `RISKS`), days without progress, questions answered."""

    pk: uuid.UUID
    name: str
    reason: str
    days: int
    answered: int


def list_at_risk(cohort: Cohort, language: str, most: int | None = SHOWN) -> list[AtRisk]:
    """List the first companies at risk, all of them for `most=None`; one query for their names."""
    standings = cohort.standings
    since, risk = standings["idle_since"], standings["risk"]
    rows = np.flatnonzero(risk != NONE)
    first = rows[np.lexsort((rows, since[rows]))][:most]
    companies = Company.objects.in_bulk([standings.get_company_id(row) for row in first])
    return [
        AtRisk(
            pk=standings.get_company_id(row),
            name=get_company_name(language, companies[standings.get_company_id(row)]),
            reason=RISKS[risk[row]],
            days=(cohort.moment - decode_moment(since[row])).days,
            answered=max(0, int(standings["answered"][row])),
        )
        for row in first
    ]
