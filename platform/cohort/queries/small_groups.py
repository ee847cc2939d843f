"""Figures of a cohort for those who may not know single companies, withheld as `companies.small_groups` decides."""

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
from companies.small_groups import (
    can_show_figures,
    is_small,
    withhold_count,
    withhold_counts,
    withhold_split,
)

Part = TypeVar("Part", Area, Sector)


@dataclass(frozen=True, slots=True)
class TypicalScores:
    """Medians of so many scored companies, in hundredths of a point; `dimensions` are those of D1 to D10.

    None is withheld, or nobody is scored. Medians may stand without the number they are of.
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
    everybody = withhold_split([len(standings)], [int(scored.sum())])
    return PublicFigures(
        companies=withhold_count(len(standings)),
        typical=_compute_typical(
            cohort, np.ones_like(scored), everybody.all_marked, can_show=can_show_figures(int(scored.sum()))
        ),
        stages=dict(zip(RANK, _withhold_stages(by_step), strict=True)),
        levels=dict(zip(LEVELS, _withhold_scored(by_level, len(standings)), strict=True)),
        tiers=dict(zip(tiers, _withhold_scored(by_tier, len(standings)), strict=True)),
        sectors=_compute_parts(cohort, sectors, "sector"),
        divisions=_compute_parts(cohort, divisions, "division"),
    )


def _withhold_scored(counts: Sequence[int], companies: int) -> list[int | None]:
    """Withhold counts of scored companies; those that are not scored are a group too, if a small one."""
    others = companies - sum(counts)
    return withhold_counts([*counts, others])[:-1] if is_small(others) else withhold_counts(counts)


def _withhold_stages(by_step: Sequence[int]) -> list[int | None]:
    """Withhold counts by the furthest step; how many are scored is known."""
    early, late = by_step[: RANK[Stage.SCORED]], by_step[RANK[Stage.SCORED] :]
    if is_small(sum(early)) or is_small(sum(late)):
        return withhold_counts(by_step)
    return [*withhold_counts(early), *withhold_counts(late)]


def _compute_parts(cohort: Cohort, parts: Sequence[Part], column: str) -> list[PartFigures[Part]]:
    place, scored = cohort.standings[column], _get_scored(cohort)
    masks = [place == part.pk for part in parts]
    split = withhold_split(
        [int(mask.sum()) for mask in masks], [int((mask & scored).sum()) for mask in masks]
    )
    return [
        PartFigures(part, members, _compute_typical(cohort, mask, marked, can_show=can_show))
        for part, mask, members, marked, can_show in zip(
            parts, masks, split.members, split.marked, split.has_figures, strict=True
        )
    ]


def _compute_typical(cohort: Cohort, mask: Mask, scored: int | None, *, can_show: bool) -> TypicalScores:
    """Compute medians of the scored companies among these, where they can be shown; `scored` goes with them."""
    if not can_show:
        return TypicalScores(scored, None, (None,) * len(DIMENSIONS))
    within = mask & _get_scored(cohort)
    readiness, *dimensions = (
        compute_median(cohort.standings[name][within]) for name in ("readiness", *DIMENSIONS)
    )
    return TypicalScores(scored, readiness, tuple(dimensions))


def _get_scored(cohort: Cohort) -> Mask:
    scored: Mask = cohort.standings["readiness"] != NONE
    return scored
