"""Generated factories: the documented, seeded population behind every figure quoted before real data exist.

A universe is one world of items: difficulties, discriminations, sector shifts, true weights. Drawing from
it gives companies (who rate themselves, kindly) and audited facilities of three tiers. Nothing here says
anything about real factories; releases trained on it carry provenance "synthetic".

How a row comes about (graded response model, Samejima 1969):

* Capability in dimension d: ``sqrt(.55) g + sqrt(.45) s_d`` plus a shift of the sector.
* Items: discrimination LogN(log 1.5, .3), a first step and gaps Gamma with mean .75; one item in ten is
easier
  for some sectors than for others. An item of 100 stages is fourteen yes-no links, thirteen worth 7 and one
  9.
* Tier: standardised true capability plus logistic noise, cut at .9, 1.6 and 2.4. One qualified factory in ten
  never applied and stands one tier lower.
* Companies (tier 0) report with inflation ``max(0, N(.25, .30))``, a few heavily, some carelessly; they
leave weak
  answers out more readily and find some items not applicable. Facilities are audited: noise N(0, .08), no
  holes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from benchmarks.ml.encode import MISSING, NOT_APPLICABLE, sort_dimensions

GENERATOR = "universe/1"
SECTORS = ("automotive", "steel", "construction_machinery", "other")
REFERENCE_MIX = (435, 62, 75, 12)
LINK_STAGES = (7,) * 13 + (9,)
LINKED_LEVEL = 100

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scenario:
    """Noise of the world: spread of the tier decision and behaviour of companies that rate themselves."""

    cuts: tuple[float, float, float] = (0.9, 1.6, 2.4)
    tier_noise: float = 0.18
    never_applied: float = 0.10
    inflation_mean: float = 0.25
    inflation_sd: float = 0.30
    heavy_share: float = 0.05
    heavy_inflation: float = 1.5
    straight_line: float = 0.04
    random_answers: float = 0.02


SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {
        "default": Scenario(),
        "sharp": Scenario((1.0, 1.8, 2.6), 0.08, 0.03, 0.10, 0.15, 0.02, 1.5, 0.01, 0.005),
    }
)


@dataclass(frozen=True)
class Profiles:
    """Drawn rows: stages int8 (n, J), tier 0..3 (n,), sector code (n,), true capability (n,).

    ``style`` says how a row was answered: "honest", "straight" or "random".
    """

    X: NDArray[np.int8]
    tier: NDArray[np.int64]
    sector: NDArray[np.str_]
    capability: Floats
    style: NDArray[np.str_]


class SyntheticPopulation:
    """One world of items, drawn from a seed.

    Parameters
    ----------
    levels, dimensions, weights : array-like, shape (J,)
        The instrument: highest stage, dimension label and expert weight of each item. The true weights of
        the world scatter around the expert weights by a factor LogN(0, .35) per item and per dimension.
    seed : int
        Seed of the world; the rows have seeds of their own.
    scenario : {"default", "sharp"}, default="default"
    difficulty : mapping of int to float, default=None
        Shift of the difficulty of single items, by position.
    not_applicable : sequence of int, default=None
        Positions where "not applicable" may occur. None means anywhere.
    """

    def __init__(
        self,
        levels: ArrayLike,
        dimensions: ArrayLike,
        weights: ArrayLike,
        seed: int,
        scenario: str = "default",
        *,
        difficulty: Mapping[int, float] | None = None,
        not_applicable: Sequence[int] | None = None,
    ) -> None:
        self.seed = seed
        rng = np.random.default_rng([seed, 1])
        self.levels = np.asarray(levels, dtype=np.int64)
        labels = np.asarray(dimensions)
        order = sort_dimensions(labels)
        self.dimension = np.array([order.index(str(label)) for label in labels])
        self.scenario = SCENARIOS[scenario]
        items, sectors, size = len(self.levels), len(SECTORS), len(order)
        expert = np.asarray(weights, dtype=np.float64)
        true = expert * rng.lognormal(0, 0.35, items)
        share = np.bincount(self.dimension, true, minlength=size) * rng.lognormal(0, 0.35, size)
        self.dimension_share = share / share.sum()
        self.discrimination = rng.lognormal(np.log(1.5), 0.3, items)
        self.shift = rng.normal(0, 0.25, (sectors, size))
        dif_items = rng.random(items) < 0.10
        self.dif = np.where(dif_items, rng.normal(0, 0.5, (sectors, items)), 0.0)
        self.steps = [self._draw_item_steps(int(level), rng) for level in self.levels]
        for position, extra in (difficulty or {}).items():
            self.steps[position] = self.steps[position] + extra
        open_items = np.ones(items, dtype=bool)
        if not_applicable is not None:
            open_items[:] = False
            open_items[list(not_applicable)] = True
        cell = rng.random((sectors, items)) < 0.07
        self.not_applicable = np.where(open_items, np.where(cell, 0.85, 0.01), 0.0)
        self.sector_share = np.array([0.45, 0.12, 0.20, 0.23])
        self.capability_sd = float(
            np.sqrt(0.55 + 0.45 * (self.dimension_share**2).sum() + (0.25 * self.dimension_share).var())
        )

    @staticmethod
    def _draw_item_steps(level: int, rng: Generator) -> Floats:
        if level == LINKED_LEVEL:
            return np.asarray(rng.normal(1.2, 0.9, len(LINK_STAGES)))
        # The ladder is centred, so that an item of two stages is no easier than one of five.
        gaps = rng.gamma(2.0, 0.75 / 2.0, level - 1)
        ladder = np.concatenate(([0.0], np.cumsum(gaps)))
        return np.asarray(ladder - 0.75 * (level - 1) / 2 + rng.normal(1.0, 0.9))

    def draw(self, mix: Sequence[int], seed: int) -> Profiles:
        """Draw rows with the given number of each tier, companies first.

        Rows of a tier are what a large population yields of it, so that a tier keeps its natural spread.
        """
        rng = np.random.default_rng([self.seed, seed, 2])
        wanted = np.asarray(mix)
        kept: list[NDArray[np.int64]] = [np.empty(0, dtype=np.int64) for _ in wanted]
        thetas, sectors, tiers = [], [], []
        start = 0
        while any(len(have) < want for have, want in zip(kept, wanted, strict=True)):
            batch = int(4 * wanted.sum() + 2000)
            theta, sector = self._draw_people(batch, rng)
            tier = self._draw_tiers(self._compute_capability(theta), rng)
            thetas.append(theta)
            sectors.append(sector)
            tiers.append(tier)
            kept = [np.concatenate((have, start + np.flatnonzero(tier == k))) for k, have in enumerate(kept)]
            start += batch
        rows = np.concatenate([have[:want] for have, want in zip(kept, wanted, strict=True)])
        theta, sector, tier = (
            np.concatenate(thetas)[rows],
            np.concatenate(sectors)[rows],
            np.concatenate(tiers)[rows],
        )
        X, style = self._draw_answers(theta, sector, tier, rng)
        return Profiles(X, tier, np.asarray(SECTORS)[sector], self._compute_capability(theta), style)

    def _draw_people(self, n: int, rng: Generator) -> tuple[Floats, NDArray[np.int64]]:
        sector = rng.choice(len(SECTORS), n, p=self.sector_share)
        general = rng.normal(0, 1, (n, 1))
        special = rng.normal(0, 1, (n, len(self.dimension_share)))
        return np.sqrt(0.55) * general + np.sqrt(0.45) * special + self.shift[sector], sector

    def _compute_capability(self, theta: Floats) -> Floats:
        return np.asarray(theta @ self.dimension_share / self.capability_sd)

    def _draw_tiers(self, capability: Floats, rng: Generator) -> NDArray[np.int64]:
        seen = capability + rng.logistic(0, self.scenario.tier_noise, len(capability))
        tier = np.searchsorted(self.scenario.cuts, seen, side="right")
        return np.where((tier > 0) & (rng.random(len(tier)) < self.scenario.never_applied), tier - 1, tier)

    def _draw_answers(
        self, theta: Floats, sector: NDArray[np.int64], tier: NDArray[np.int64], rng: Generator
    ) -> tuple[NDArray[np.int8], NDArray[np.str_]]:
        world, n, items = self.scenario, len(theta), len(self.levels)
        company = tier == 0
        kindness = np.maximum(0, rng.normal(world.inflation_mean, world.inflation_sd, n))
        kindness += np.where(rng.random(n) < world.heavy_share, world.heavy_inflation, 0.0)
        noise = np.where(company, kindness, rng.normal(0, 0.08, n))
        reported = theta[:, self.dimension] + noise[:, None] + self.dif[sector]
        X = np.empty((n, items), dtype=np.int8)
        for j, level in enumerate(self.levels):
            reach = expit(self.discrimination[j] * (reported[:, [j]] - self.steps[j]))
            if level == LINKED_LEVEL:
                X[:, j] = (rng.random(reach.shape) < reach) @ np.asarray(LINK_STAGES)
            else:
                X[:, j] = (rng.random((n, 1)) < reach).sum(axis=1)

        style = np.full(n, "honest", dtype="<U8")
        lot = rng.random(n)
        style[company & (lot < world.straight_line)] = "straight"
        style[company & (lot >= world.straight_line) & (lot < world.straight_line + world.random_answers)] = (
            "random"
        )
        self._overwrite_careless(X, style, rng)

        utility = X / self.levels
        absent = rng.random(X.shape) < 0.07 * (1 - utility) ** 1.5
        unfit = rng.random(X.shape) < self.not_applicable[sector]
        X[company[:, None] & absent] = MISSING
        X[company[:, None] & unfit] = NOT_APPLICABLE
        return X, style

    def _overwrite_careless(self, X: NDArray[np.int8], style: NDArray[np.str_], rng: Generator) -> None:
        """Overwrite careless rows: one position on every scale (rarely left), or any stage at all.

        The position chosen is near what an honest answer would have averaged: people pick a fitting column.
        """
        reachable = [list_stages(int(level)) for level in self.levels]
        for i in np.flatnonzero(style == "straight"):
            position = np.clip((X[i] / self.levels).mean() + rng.normal(0, 0.15), 0, 1)
            for j in np.flatnonzero(rng.random(len(reachable)) > 0.05):
                X[i, j] = reachable[j][int(np.floor(position * (len(reachable[j]) - 1) + 0.5))]
        for i in np.flatnonzero(style == "random"):
            X[i] = [rng.choice(stages) for stages in reachable]


def list_stages(level: int) -> NDArray[np.int64]:
    """Return the stages an item can take: all up to its level, or for 100 the sums of the fourteen links."""
    if level != LINKED_LEVEL:
        return np.arange(level + 1)
    return np.array(sorted({7 * plain + 9 * last for plain in range(14) for last in range(2)}))


def get_difficulty_shifts(codes: Sequence[str]) -> dict[int, float]:
    """Return the difficulty shifts of official items by position.

    Nearly every firm spends less than a tenth of its revenue on digital means (G4), so its share of
    spending sits in the lowest bin; the highest scenario levels call for models and are rarer than the
    scales of other items.
    """
    shifts = {position: 3.5 for position, code in enumerate(codes) if code == "G4"}
    shifts.update({position: 0.15 for position, code in enumerate(codes) if is_scenario_code(code)})
    return shifts


def is_scenario_code(code: str) -> bool:
    """Return whether a code names one of the sixteen official scenarios, C01 to C16."""
    return len(code) == 3 and code[0] == "C" and code[1:].isdigit()


def build_reference_population(
    levels: ArrayLike,
    dimensions: ArrayLike,
    weights: ArrayLike,
    seed: int,
    *,
    codes: Sequence[str] | None = None,
    not_applicable: Sequence[str] = (),
) -> SyntheticPopulation:
    """Return the world that the generated reference sample of a seed is drawn from.

    With ``codes`` the official items get their known peculiarities, and "not applicable" occurs only in the
    items named; without, nowhere.
    """
    names = list(codes or ())
    return SyntheticPopulation(
        levels,
        dimensions,
        weights,
        seed,
        difficulty=get_difficulty_shifts(names),
        not_applicable=[names.index(code) for code in not_applicable],
    )


def draw_reference_sample(
    levels: ArrayLike,
    dimensions: ArrayLike,
    weights: ArrayLike,
    seed: int,
    *,
    codes: Sequence[str] | None = None,
    not_applicable: Sequence[str] = (),
    mix: Sequence[int] = REFERENCE_MIX,
) -> tuple[NDArray[np.int8], NDArray[np.int64], NDArray[np.str_]]:
    """Return the generated reference sample: stages int8 (n, J), tier (n,), sector (n,).

    435 companies (tier 0, the frozen class 0), 62 digital workshops, 75 smart factories and 12 provincial
    benchmarks, unless another mix is asked for, from the world of ``reference_universe``.
    """
    world = build_reference_population(
        levels, dimensions, weights, seed, codes=codes, not_applicable=not_applicable
    )
    drawn = world.draw(mix, seed)
    return drawn.X, drawn.tier, drawn.sector
