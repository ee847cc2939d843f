"""The headline figures, the funnel, and what keeps companies from the target."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import BooleanField, Case, Count, ExpressionWrapper, F, Q, When

from assessments.models.assessment import Stage
from cohort.queries.cohort import Cohort
from cohort.queries.expressions import RANK, STAGES, counted, step
from cohort.queries.median import Median
from cohort.queries.narrowing import SHORTFALLS

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
    """Counts of companies. `reached` counts those at a stage or beyond, so it never rises along the funnel.

    `scored` have an official level; `at_target` reached their target, `target_verified` by verified values.
    `readiness` is the median in hundredths of a point. `quarters` splits those who started and have not
    submitted by the share of questions answered; `short` those under the target by the gate that fails.
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
    """The figures of the cohort's companies: one query groups them, one takes the median."""
    items = len(cohort.instrument.items)
    recent = Q(now__submitted_at__gte=cohort.moment - WEEK)
    groups = (
        cohort.with_risk(cohort.with_standing(cohort.companies))
        .order_by()
        .annotate(
            at_step=F("step"),
            quarter=Case(When(step=RANK[Stage.STARTED], then=F("now__answered") * QUARTERS / items)),
            has_verified=ExpressionWrapper(Q(now__verified_run__isnull=False), output_field=BooleanField()),
        )
        .values_list("at_step", "quarter", "standing", "has_verified", "risk")
        .annotate(companies=Count("pk"), recent=Count("pk", filter=recent))
    )
    reached = dict.fromkeys(STAGES, 0)
    quarters = [0] * QUARTERS
    short = dict.fromkeys(SHORTFALLS, 0)
    listed = this_week = scored = verified = at_target = target_verified = at_risk = 0
    for at_step, quarter, standing, has_verified, risk, companies, submitted_recently in groups:
        listed += companies
        this_week += submitted_recently
        for stage in STAGES[: at_step + 1]:
            reached[stage] += companies
        if quarter is not None:
            quarters[min(quarter, QUARTERS - 1)] += companies
        if standing is not None:
            scored += companies
            verified += companies if has_verified else 0
        if standing in short:
            short[standing] += companies
        if standing == "reached":
            at_target += companies
            target_verified += companies if has_verified else 0
        if risk is not None:
            at_risk += companies
    median = cohort.companies.aggregate(readiness=Median(counted("readiness")))
    return Summary(
        listed=listed,
        reached=reached,
        submitted_this_week=this_week,
        scored=scored,
        verified=verified,
        at_target=at_target,
        target_verified=target_verified,
        readiness=median["readiness"],
        at_risk=at_risk,
        quarters=tuple(quarters),
        short=short,
    )


def stall_of(cohort: Cohort, summary: Summary) -> Stall | None:
    """Where most companies wait between being invited and being accepted; None when nobody waits."""
    stage = max(STAGES[1:-1], key=lambda stage: summary.waiting[stage])
    waiting = summary.waiting[stage]
    if not waiting:
        return None
    since = f"now__{stage.value}_at"
    companies = cohort.companies.alias(step=step()).filter(step=RANK[stage]).order_by(since)
    middle = companies.values_list(since, flat=True)[waiting // 2]
    return Stall(stage, waiting, (cohort.moment - middle).days)
