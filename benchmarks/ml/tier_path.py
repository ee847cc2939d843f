"""The cheapest moves to a tier of the model: enough readiness for P(tier >= k) to reach a probability."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from benchmarks.ml.integer_program import LinearCondition, solve
from benchmarks.ml.knapsack import Frontier
from benchmarks.ml.upgrade_case import FoundMoves, UpgradeCase

FULL_READINESS = 100


def find_moves_to_tier(case: UpgradeCase, frontier: Frontier, tier: int, probability: float) -> FoundMoves:
    """Return the cheapest moves to a tier, else those to the most readiness, from a solved frontier."""
    missing = _find_missing_value(case, tier, probability)
    cost = None if missing is None else frontier.find_least_cost(missing)
    while cost is not None and not _is_tier_reached(case, frontier.get_moves(cost), tier, probability):
        cost = frontier.find_least_cost(frontier.get_value(cost) + 1)
    if cost is None:
        return FoundMoves(frontier.get_moves(frontier.find_least_cost(frontier.most) or 0), None)
    return FoundMoves(frontier.get_moves(cost), cost)


def solve_moves_to_tier(case: UpgradeCase, tier: int, probability: float, budget: int | None) -> FoundMoves:
    """Return the same by integer program, for items that prerequisites tie too widely for a frontier."""
    options = case.list_options(case.moves)
    limits = case.build_limits(options, budget)
    gains = {n: case.compute_gain(o.item, o.stage) for n, o in enumerate(options) if o.stage >= 0}
    missing = _find_missing_value(case, tier, probability)
    while missing is not None:
        solution = solve(options, [*limits, LinearCondition(gains, missing)])
        if solution is None:
            break
        found = case.read_solution(solution)
        if _is_tier_reached(case, found.moves, tier, probability):
            return found
        missing = sum(case.compute_gain(item, stage) for item, stage in found.moves.items()) + 1
    return maximise_readiness(case, budget)


def maximise_readiness(case: UpgradeCase, budget: int | None) -> FoundMoves:
    """Return the moves to the most readiness within a budget, and of those the cheapest."""
    options = case.list_options(case.moves)
    limits = case.build_limits(options, budget)
    gains = {n: case.compute_gain(o.item, o.stage) for n, o in enumerate(options) if o.stage >= 0}
    richest = solve([option._replace(cost=-gains.get(n, 0)) for n, option in enumerate(options)], limits)
    if richest is None:
        return FoundMoves({}, None)
    cheapest = solve(options, [*limits, LinearCondition(gains, -richest.cost)])
    return replace(case.read_solution(cheapest or richest), bound=None)


def _find_missing_value(case: UpgradeCase, tier: int, probability: float) -> int | None:
    """Return the units of value missing for a tier, None when no readiness is enough.

    It is one point of the scorecard less than computed, so that rounding can only look too low; whether a
    tier is reached is then decided by the scorecard itself.
    """
    readiness = case.scorecard.cut_score(tier, probability)
    if readiness is None:
        return None
    needed = Fraction(readiness) - Fraction(FULL_READINESS, case.scorecard.full_points)
    return math.ceil(needed * case.units_per_point) - case.present_value


def _is_tier_reached(case: UpgradeCase, moves: Mapping[int, int], tier: int, probability: float) -> bool:
    scores = case.scorecard.score(case.raise_stages(moves), "guarded")
    return bool(scores.exceed[0, tier - 1] >= probability)
