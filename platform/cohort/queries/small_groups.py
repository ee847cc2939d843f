"""Figures for those who may not know single companies: what would tell of fewer than five is withheld."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from assessments.models.packed import NONE
from assessments.models.score import DIMENSIONS
from assessments.models.stage import RANK, Stage
from benchmarks.models import Tier
from cohort.queries.cohort import Cohort
from cohort.queries.levels import LEVELS
from cohort.queries.standings import Mask, compute_median
from companies.models import Area, Sector

# Figures over fewer companies than this are withheld.
SMALLEST_GROUP = 5

Part = TypeVar("Part", Area, Sector)


@dataclass(frozen=True, slots=True)
class TypicalScores:
    """Medians of so many scored companies, in hundredths of a point; `dimensions` are those of D1 to D10.

    None is withheld, or nobody is scored.
    """

    scored: int | None
    readiness: float | None
    dimensions: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class PartFigures(Generic[Part]):
    """A sector or a division with the companies on the list; None is withheld."""

    part: Part
    companies: int | None
    typical: TypicalScores


@dataclass(frozen=True, slots=True)
class PublicFigures:
    """The standing of the companies of a round. Each count is None where it is withheld.

    `stages` counts companies by the furthest step they have come to; `levels` and `tiers` those that are scored,
    under None those for which no tier is stated.
    """

    companies: int | None
    typical: TypicalScores
    stages: dict[Stage, int | None]
    levels: dict[int, int | None]
    tiers: dict[int | None, int | None]
    sectors: list[PartFigures[Sector]]
    divisions: list[PartFigures[Area]]


def withhold_counts(counts: Sequence[int]) -> list[int | None]:
    """Return counts of a known total, with None for those from which fewer than five could be told.

    One that is withheld alone would follow from the others, and so would several that together are fewer than five or
    as many as they can be. The smallest of the rest is then withheld too. Zero tells of nobody.
    """
    small = [place for place, count in enumerate(counts) if 0 < count < SMALLEST_GROUP]
    rest = sorted(
        (place for place, count in enumerate(counts) if count >= SMALLEST_GROUP), key=counts.__getitem__
    )
    hidden = list(small)
    while hidden and rest:
        together = sum(counts[place] for place in hidden)
        follow = together == len(hidden) * (SMALLEST_GROUP - 1) and len(hidden) == len(small)
        if len(hidden) > 1 and together >= SMALLEST_GROUP and not follow:
            break
        hidden.append(rest.pop(0))
    return [None if place in hidden else count for place, count in enumerate(counts)]


def compute_public_figures(
    cohort: Cohort, sectors: Sequence[Sector], divisions: Sequence[Area]
) -> PublicFigures:
    """Compute figures of the whole cohort, never narrowed: two answers would tell the difference."""
    standings, scored = cohort.standings, _get_scored(cohort)
    tiers = [None, *(number.value for number in Tier)]
    by_tier = [
        int((scored & (standings["tier"] == (NONE if tier is None else tier))).sum()) for tier in tiers
    ]
    by_level = [int((standings["official_level"] == level).sum()) for level in LEVELS]
    by_step = [int((standings["step"] == rank).sum()) for rank in RANK.values()]
    return PublicFigures(
        companies=withhold_counts([len(standings)])[0],
        typical=_compute_typical(cohort, np.ones_like(scored), withhold_counts([int(scored.sum())])[0]),
        stages=dict(zip(RANK, withhold_counts(by_step), strict=True)),
        levels=dict(zip(LEVELS, withhold_counts(by_level), strict=True)),
        tiers=dict(zip(tiers, withhold_counts(by_tier), strict=True)),
        sectors=_compute_parts(cohort, sectors, "sector"),
        divisions=_compute_parts(cohort, divisions, "division"),
    )


def _compute_parts(cohort: Cohort, parts: Sequence[Part], column: str) -> list[PartFigures[Part]]:
    place = cohort.standings[column]
    masks = [place == part.pk for part in parts]
    companies = withhold_counts([int(mask.sum()) for mask in masks])
    scored = withhold_counts([int((mask & _get_scored(cohort)).sum()) for mask in masks])
    return [
        PartFigures(part, count, _compute_typical(cohort, mask, shown))
        for part, mask, count, shown in zip(parts, masks, companies, scored, strict=True)
    ]


def _compute_typical(cohort: Cohort, mask: Mask, scored: int | None) -> TypicalScores:
    """Compute medians of the scored companies among these, `scored` in number; None where withheld."""
    if not scored:
        return TypicalScores(scored, None, (None,) * len(DIMENSIONS))
    within = mask & _get_scored(cohort)
    readiness, *dimensions = (
        compute_median(cohort.standings[name][within]) for name in ("readiness", *DIMENSIONS)
    )
    return TypicalScores(scored, readiness, tuple(dimensions))


def _get_scored(cohort: Cohort) -> Mask:
    scored: Mask = cohort.standings["readiness"] != NONE
    return scored
