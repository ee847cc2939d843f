"""Readiness and tiers: their distribution, and the change between two rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assessments.models.packed import NONE
from assessments.models.score import DIMENSIONS
from benchmarks.models import Tier
from cohort.queries.cohort import Cohort
from cohort.queries.expressions import SCORE_STEP
from cohort.queries.standings import compute_median
from companies.models import Sector

STEPS = 10_000 // SCORE_STEP


def compute_score_histogram(cohort: Cohort) -> tuple[int, ...]:
    """Count companies in each five-point step of readiness; the last step holds 100 too."""
    readiness = cohort.standings["readiness"]
    steps = np.minimum(readiness[readiness != NONE] // SCORE_STEP, STEPS - 1)
    return tuple(map(int, np.bincount(steps, minlength=STEPS)))


@dataclass(frozen=True, slots=True)
class SectorTiers:
    """Companies of a sector in each tier 0 to 3, where a tier is stated."""

    sector: Sector
    tiers: tuple[int, ...]

    @property
    def stated(self) -> int:
        """Companies of the sector with a tier."""
        return sum(self.tiers)


def count_sector_tiers(cohort: Cohort, sectors: Sequence[Sector]) -> list[SectorTiers]:
    """Count the tiers of the sectors in which at least one is stated."""
    tier, place = cohort.standings["tier"], cohort.standings["sector"]
    stated = tier != NONE
    counts = {
        sector.pk: np.bincount(tier[stated & (place == sector.pk)], minlength=len(Tier)) for sector in sectors
    }
    return [
        SectorTiers(sector, tuple(map(int, counts[sector.pk])))
        for sector in sectors
        if counts[sector.pk].any()
    ]


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """Medians of the same companies in two rounds, hundredths of a point; the dimensions are D1 to D10."""

    companies: int
    readiness_before: float
    readiness: float
    before: tuple[float, ...]
    now: tuple[float, ...]


def compute_score_change(cohort: Cohort) -> ScoreChange | None:
    """Compute the change between rounds, own answers against own answers under one release.

    Comparing a verified with a self-assessed result would mix the assessor's corrections into the change.
    None without an earlier round or when no company was scored in both.
    """
    standings = cohort.standings
    companies = int((standings["own_readiness"] != NONE).sum())
    if cohort.earlier is None or not companies:
        return None
    return ScoreChange(
        companies=companies,
        readiness_before=compute_median(standings["own_before_readiness"]) or 0.0,
        readiness=compute_median(standings["own_readiness"]) or 0.0,
        before=tuple(compute_median(standings[f"own_before_{name}"]) or 0.0 for name in DIMENSIONS),
        now=tuple(compute_median(standings[f"own_{name}"]) or 0.0 for name in DIMENSIONS),
    )
