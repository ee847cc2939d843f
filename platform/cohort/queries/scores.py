"""Readiness and tiers: their distribution, and the change between two rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F

from assessments.models.score import DIMENSIONS
from benchmarks.models import Tier
from cohort.queries.cohort import Cohort
from cohort.queries.expressions import SCORE_STEP, counted
from cohort.queries.median import Median
from companies.models import Sector

STEPS = 10_000 // SCORE_STEP


def score_histogram(cohort: Cohort) -> tuple[int, ...]:
    """Companies in each five-point step of readiness; the last step holds 100 too. One query."""
    rows = (
        cohort.companies.order_by()
        .annotate(readiness=counted("readiness"))
        .filter(readiness__isnull=False)
        .annotate(step_of_score=F("readiness") / SCORE_STEP)
        .values_list("step_of_score")
        .annotate(companies=Count("pk"))
    )
    counts = [0] * STEPS
    for step_of_score, companies in rows:
        counts[min(step_of_score, STEPS - 1)] += companies
    return tuple(counts)


@dataclass(frozen=True, slots=True)
class SectorTiers:
    """Companies of a sector in each tier 0 to 3, where a tier is stated."""

    sector: Sector
    tiers: tuple[int, ...]

    @property
    def stated(self) -> int:
        """Companies of the sector with a tier."""
        return sum(self.tiers)


def tiers_by_sector(cohort: Cohort, sectors: Sequence[Sector]) -> list[SectorTiers]:
    """Tiers of the sectors in which at least one is stated; one query."""
    rows = (
        cohort.companies.order_by()
        .annotate(tier=counted("tier"))
        .filter(tier__isnull=False)
        .values_list("sector", "tier")
        .annotate(companies=Count("pk"))
    )
    counts = {sector.pk: [0] * len(Tier) for sector in sectors}
    for sector, tier, companies in rows:
        if sector in counts:
            counts[sector][tier] += companies
    return [SectorTiers(sector, tuple(counts[sector.pk])) for sector in sectors if any(counts[sector.pk])]


@dataclass(frozen=True, slots=True)
class Change:
    """Medians of the same companies in two rounds, hundredths of a point; the dimensions are D1 to D10."""

    companies: int
    readiness_before: float
    readiness: float
    before: tuple[float, ...]
    now: tuple[float, ...]


def change_since(cohort: Cohort) -> Change | None:
    """The change since the earlier round, own answers against own answers under one release; one query.

    Comparing a verified with a self-assessed result would mix the assessor's corrections into the change.
    None without an earlier round or when no company was scored in both.
    """
    if cohort.earlier is None:
        return None
    medians = {
        f"{relation}_{name}": Median(f"{relation}__self_run__{name}")
        for relation in ("before", "now")
        for name in ("readiness", *DIMENSIONS)
    }
    found = cohort.companies.filter(
        before__self_run__isnull=False, now__self_run__release=F("before__self_run__release")
    ).aggregate(companies=Count("pk"), **medians)
    if not found["companies"]:
        return None
    return Change(
        companies=found["companies"],
        readiness_before=found["before_readiness"],
        readiness=found["now_readiness"],
        before=tuple(found[f"before_{name}"] for name in DIMENSIONS),
        now=tuple(found[f"now_{name}"] for name in DIMENSIONS),
    )
