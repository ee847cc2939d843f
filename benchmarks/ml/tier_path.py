"""The cheapest moves to a tier of the model: enough readiness for P(tier >= k) to reach a probability."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from benchmarks.ml.integer_program import Condition, solve
from benchmarks.ml.knapsack import Frontier
from benchmarks.ml.upgrade_case import Found, UpgradeCase

FULL_READINESS = 100


def cheapest_to_tier(case: UpgradeCase, frontier: Frontier, tier: int, probability: float) -> Found:
    """Return the cheapest moves to a tier, else those to the most readiness, from a solved frontier."""
    missing = _missing(case, tier, probability)
    cost = None if missing is None else frontier.cheapest(missing)
    while cost is not None and not _reaches(case, frontier.moves(cost), tier, probability):
        cost = frontier.cheapest(frontier.value(cost) + 1)
    if cost is None:
        return Found(frontier.moves(frontier.cheapest(frontier.most) or 0), None)
    return Found(frontier.moves(cost), cost)


def cheapest_to_tier_when_tied(case: UpgradeCase, tier: int, probability: float, budget: int | None) -> Found:
    """Return the same by integer program, for items that prerequisites tie too widely for a frontier."""
    options = case.options(case.moves)
    limits = case.limits(options, budget)
    gains = {n: case.gain(o.item, o.stage) for n, o in enumerate(options) if o.stage >= 0}
    missing = _missing(case, tier, probability)
    while missing is not None:
        solution = solve(options, [*limits, Condition(gains, missing)])
        if solution is None:
            break
        found = case.found(solution)
        if _reaches(case, found.moves, tier, probability):
            return found
        missing = sum(case.gain(item, stage) for item, stage in found.moves.items()) + 1
    return most_readiness(case, budget)


def most_readiness(case: UpgradeCase, budget: int | None) -> Found:
    """Return the moves to the most readiness within a budget, and of those the cheapest."""
    options = case.options(case.moves)
    limits = case.limits(options, budget)
    gains = {n: case.gain(o.item, o.stage) for n, o in enumerate(options) if o.stage >= 0}
    richest = solve([option._replace(cost=-gains.get(n, 0)) for n, option in enumerate(options)], limits)
    if richest is None:
        return Found({}, None)
    cheapest = solve(options, [*limits, Condition(gains, -richest.cost)])
    return replace(case.found(cheapest or richest), bound=None)


def _missing(case: UpgradeCase, tier: int, probability: float) -> int | None:
    """Return the units of value missing for a tier, None when no readiness is enough.

    It is one point of the scorecard less than computed, so that rounding can only look too low; whether a
    tier is reached is then decided by the scorecard itself.
    """
    readiness = case.scorecard.cut_score(tier, probability)
    if readiness is None:
        return None
    needed = Fraction(readiness) - Fraction(FULL_READINESS, case.scorecard.full_points)
    return math.ceil(needed * case.units_per_point) - case.present_value


def _reaches(case: UpgradeCase, moves: Mapping[int, int], tier: int, probability: float) -> bool:
    scores = case.scorecard.score(case.raised(moves), "guarded")
    return bool(scores.exceed[0, tier - 1] >= probability)
