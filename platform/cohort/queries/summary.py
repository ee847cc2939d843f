"""The headline figures, the funnel, and what keeps companies from the target: one query, and one for the wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Q

from assessments.models.assessment import Stage
from cohort.queries.cohort import Cohort
from cohort.queries.expressions import RANK, STAGES, counted
from cohort.queries.median import Median

QUARTERS = 4
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Stall:
    """The stage at which most companies wait: how many, and for how many days half of them have."""

    stage: Stage
    waiting: int
    days: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of companies. `reached` counts those at a stage or beyond, so that it never rises along the funnel.

    `scored` have an official level; `at_target` reached their target, `target_verified` by verified values.
    `readiness` is the median in hundredths of a point. `quarters` splits those who started and have not submitted
    by the share of questions answered. `short` counts those under the target by the gate that fails.
    """

    listed: int
    reached: dict[Stage, int]
    submitted_this_week: int
    scored: int
    verified: int
    at_target: int
    target_verified: int
    readiness: float | None
    at_risk: int
    quarters: tuple[int, ...]
    short: dict[str, int]

    @property
    def waiting(self) -> dict[Stage, int]:
        """Companies whose furthest stage is this one."""
        counts = [*self.reached.values(), 0]
        return {stage: counts[rank] - counts[rank + 1] for rank, stage in enumerate(STAGES)}


def summary_of(cohort: Cohort) -> Summary:
    """The figures of the cohort's companies, in one query."""
    companies = cohort.with_risk(cohort.with_gates(cohort.companies()))
    items = len(cohort.instrument.items)
    started = Q(step=RANK[Stage.STARTED])
    quarters = {
        f"quarter_{quarter}": Count(
            "pk",
            filter=started
            & Q(now__answered__gte=items * quarter / QUARTERS)
            & (Q(now__answered__lt=items * (quarter + 1) / QUARTERS) if quarter < QUARTERS - 1 else Q()),
        )
        for quarter in range(QUARTERS)
    }
    below = Q(level__lt=F("aim"))
    verified = Q(now__verified_run__isnull=False)
    counts = companies.aggregate(
        listed=Count("pk"),
        **{f"reached_{rank}": Count("pk", filter=Q(step__gte=rank)) for rank in range(len(STAGES))},
        this_week=Count("pk", filter=Q(now__submitted_at__gte=cohort.moment - WEEK)),
        scored=Count("level"),
        verified=Count("pk", filter=verified),
        at_target=Count("pk", filter=Q(level__gte=F("aim"))),
        target_verified=Count("pk", filter=Q(level__gte=F("aim")) & verified),
        readiness=Median(counted("readiness")),
        at_risk=Count("pk", filter=Q(risk__isnull=False)),
        **quarters,
        short_scenarios=Count("pk", filter=below & Q(base_gate=1, scenario_gate=0)),
        short_base=Count("pk", filter=below & Q(base_gate=0, scenario_gate=1)),
        short_both=Count("pk", filter=below & Q(base_gate=0, scenario_gate=0)),
    )
    return Summary(
        listed=counts["listed"],
        reached={stage: counts[f"reached_{rank}"] for rank, stage in enumerate(STAGES)},
        submitted_this_week=counts["this_week"],
        scored=counts["scored"],
        verified=counts["verified"],
        at_target=counts["at_target"],
        target_verified=counts["target_verified"],
        readiness=counts["readiness"],
        at_risk=counts["at_risk"],
        quarters=tuple(counts[name] for name in quarters),
        short={name: counts[f"short_{name}"] for name in ("scenarios", "base", "both")},
    )


def stall_of(cohort: Cohort, summary: Summary) -> Stall | None:
    """Where most companies wait between being invited and being accepted; None when nobody waits."""
    stage = max(STAGES[1:-1], key=lambda stage: summary.waiting[stage])
    waiting = summary.waiting[stage]
    if not waiting:
        return None
    since = f"now__{stage.value}_at"
    companies = cohort.with_risk(cohort.companies()).filter(step=RANK[stage]).order_by(since)
    middle = companies.values_list(since, flat=True)[waiting // 2]
    return Stall(stage, waiting, (cohort.moment - middle).days)
