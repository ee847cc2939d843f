"""What is counted: each kind of company in a sample, as a condition on its rows.

The number in a briefing and the list behind it come from the same condition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import F, Q, QuerySet

from assessments.models.packed import NONE
from assessments.models.stage import RANK, Stage
from cohort.models import Briefing, Sample, SampleRow

STARTED, SUBMITTED, RECOMMENDED = RANK[Stage.STARTED], RANK[Stage.SUBMITTED], RANK[Stage.RECOMMENDED]
SCORED: Final = Q(level__gt=NONE)
LEVELS: Final = range(5)

KINDS: Final[dict[str, Q]] = {
    "companies": Q(),
    **{stage.value: Q(step__gte=rank) for stage, rank in RANK.items() if rank},
    "not_started": Q(step__lt=STARTED),
    "with_level": SCORED,
    **{f"level_{level}": Q(level=level) for level in LEVELS},
    "at_target": SCORED & Q(level__gte=F("aim")),
    "at_target_verified": SCORED & Q(level__gte=F("aim"), verified=True),
    # Two queues that two offices work off: the county's check comes first, then the visit.
    "to_check": SCORED & Q(step__lt=RECOMMENDED),
    "to_visit": SCORED & Q(step=RECOMMENDED),
    "at_risk": Q(risk__gt=NONE),
    "compared": Q(own__gt=NONE, before__gt=NONE),
    "rose": Q(before__gt=NONE, own__gt=F("before")),
}


@dataclass(frozen=True)
class Scoped:
    """The rows of one sample that a briefing covers."""

    sample: Sample
    scope: str
    code: str

    def select_rows(self, kind: str = "companies", area: str = "") -> QuerySet[SampleRow]:
        """Select the rows of a kind, in one area (division or functional area) if given."""
        rows = SampleRow.objects.filter(KINDS[kind], sample=self.sample)
        if self.scope == Briefing.Scope.AREA:
            rows = rows.filter(Q(division=self.code) | Q(area=self.code))
        elif self.scope == Briefing.Scope.INDUSTRY:
            rows = rows.filter(industry=self.code)
        return rows.filter(Q(division=area) | Q(area=area)) if area else rows
