"""What each filter asks of a company. An unknown value matches no company, and the page says which it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Q

from assessments.models.counting_run import build_run_expression, build_verified_condition
from assessments.models.stage import RANK, STAGES, Stage, build_step_expression
from cohort.queries.expressions import (
    BEFORE,
    NOW,
    SCORE_STEP,
    Companies,
)
from companies.models import FormerName

if TYPE_CHECKING:
    from cohort.queries.cohort import Cohort

SHORTFALLS = ("scenarios", "base", "both")
# How a company stands towards its target (`Cohort.standing`), and why it may miss the deadline (`Cohort.risk`).
STANDINGS = (*SHORTFALLS, "reached")
RISKS = ("not_invited", "not_started", "stalled", "overdue")
# A service provider of this name stands for none; providers have longer names.
NO_PROVIDER = "none"
FULL_WIDTH = str.maketrans("(),:;!?", "（），：；！？")


def narrow_companies(cohort: Cohort, companies: Companies) -> Companies:
    """Return those of `companies` (as of `Cohort.listed`) that all filters of the cohort leave."""
    for name, value in cohort.filters.active().items():
        narrow = NARROWING.get(name)
        if narrow is not None:
            companies = narrow(cohort, companies, value)
    return companies


def _parse_whole(value: str) -> int:
    """Return a number from the address; -1, which nothing equals, for anything else."""
    return int(value) if value.isdecimal() and len(value) <= 3 else -1


def _filter_level(cohort: Cohort, found: Companies, value: str) -> Companies:
    found = found.alias(
        level=build_run_expression("official_level", NOW), aim=cohort.build_target_expression()
    )
    if value == "none":
        return found.filter(level__isnull=True)
    if value == "target":
        return found.filter(level__gte=F("aim"))
    if value == "below":
        return found.filter(level__lt=F("aim"))
    return found.filter(level=_parse_whole(value))


def _filter_short(cohort: Cohort, found: Companies, value: str) -> Companies:
    return cohort.annotate_standing(found).filter(standing=value) if value in SHORTFALLS else found.none()


def _filter_stage(cohort: Cohort, found: Companies, value: str) -> Companies:
    return (
        found.alias(step=build_step_expression(NOW)).filter(step=RANK[Stage(value)])
        if value in STAGES
        else found.none()
    )


def _filter_reached(cohort: Cohort, found: Companies, value: str) -> Companies:
    return (
        found.alias(step=build_step_expression(NOW)).filter(step__gte=RANK[Stage(value)])
        if value in STAGES
        else found.none()
    )


def _filter_risk(cohort: Cohort, found: Companies, value: str) -> Companies:
    found = cohort.annotate_risk(found)
    return found.filter(risk__isnull=False) if value == "any" else found.filter(risk=value)


def _filter_search(cohort: Cohort, found: Companies, value: str) -> Companies:
    for word in value.split():
        # The filters hold half-width text, while registered Chinese names have full-width marks.
        names = {word, word.translate(FULL_WIDTH)}
        found = found.filter(
            Q(name_en__icontains=word)
            | Q(credit_code__icontains=word)
            | Q(pk__in=FormerName.objects.filter(name__icontains=word).values("company"))
            | Q(*(("name__icontains", name) for name in names), _connector=Q.OR)
        )
    return found


def _filter_score(cohort: Cohort, found: Companies, value: str) -> Companies:
    low = 100 * _parse_whole(value)
    found = found.alias(readiness=build_run_expression("readiness", NOW))
    # The last step is closed above, so that 100 points are in it.
    high = low + SCORE_STEP + (1 if low + SCORE_STEP == 100 * 100 else 0)
    return found.filter(readiness__gte=low, readiness__lt=high)


NARROWING = {
    "sector": lambda cohort, found, value: found.filter(sector__code=value),
    "division": lambda cohort, found, value: found.filter(division__code=value),
    "area": lambda cohort, found, value: found.filter(functional_area__code=value),
    "industry": lambda cohort, found, value: found.filter(key_industry__code=value),
    "provider": lambda cohort, found, value: found.filter(
        listing__provider_name="" if value == NO_PROVIDER else value
    ),
    "size": lambda cohort, found, value: found.filter(size=value),
    "verified": lambda cohort, found, value: found.filter(build_verified_condition(NOW)),
    "tier": lambda cohort, found, value: found.alias(tier=build_run_expression("tier", NOW)).filter(
        tier=_parse_whole(value)
    ),
    "before": lambda cohort, found, value: found.alias(
        level_before=build_run_expression("official_level", BEFORE)
    ).filter(level_before=_parse_whole(value)),
    "compared": lambda cohort, found, value: found.filter(
        now__self_run__isnull=False, now__self_run__release=F("before__self_run__release")
    ),
    "level": _filter_level,
    "short": _filter_short,
    "stage": _filter_stage,
    "reached": _filter_reached,
    "risk": _filter_risk,
    "score": _filter_score,
    "q": _filter_search,
}
