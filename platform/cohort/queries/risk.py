"""Companies that may miss the deadline, those that have stood still longest first."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import numpy as np

from assessments.models.packed import NONE
from cohort.queries.cohort import Cohort
from cohort.queries.narrowing import RISKS
from cohort.queries.standings import moment_of
from companies.models import Company
from companies.names import name_in

SHOWN = 8


@dataclass(frozen=True, slots=True)
class AtRisk:
    """A company at risk: the reason (see `Cohort.risk`), days without progress, questions answered."""

    pk: uuid.UUID
    name: str
    reason: str
    days: int
    answered: int


def at_risk(cohort: Cohort, language: str, most: int | None = SHOWN) -> list[AtRisk]:
    """The first companies at risk, all of them for `most=None`; one query for their names."""
    standings = cohort.standings
    since, risk = standings["idle_since"], standings["risk"]
    rows = np.flatnonzero(risk != NONE)
    first = rows[np.lexsort((rows, since[rows]))][:most]
    companies = Company.objects.in_bulk([standings.company(row) for row in first])
    return [
        AtRisk(
            pk=standings.company(row),
            name=name_in(language, companies[standings.company(row)]),
            reason=RISKS[risk[row]],
            days=(cohort.moment - moment_of(since[row])).days,
            answered=max(0, int(standings["answered"][row])),
        )
        for row in first
    ]
