"""The cheapest moves to an official level: enough base points and both quotas of scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from benchmarks.ml.integer_program import LinearCondition, StageOption, solve
from benchmarks.ml.official_rule import OfficialGate, OfficialRule
from benchmarks.ml.tier_path import maximise_readiness
from benchmarks.ml.upgrade_case import FoundMoves, UpgradeCase


def find_moves_to_level(case: UpgradeCase, rule: OfficialRule, level: int, budget: int | None) -> FoundMoves:
    """Return the cheapest moves to an official level, else those to the highest level within reach.

    Where the budget buys no level at all, they are the part of the way that brings the most readiness.
    """
    present = rule.compute_level(case.raise_stages_by_code({}))
    if present >= level:
        return FoundMoves({}, 0)
    goals = sorted((gate for gate in rule.gates if present < gate.level <= level), reverse=True)
    for gate in goals:
        options = case.list_options(_list_relevant_items(case, rule))
        conditions = [
            *_build_gate_conditions(case, rule, options, gate),
            *case.build_limits(options, budget),
        ]
        solution = solve(options, conditions)
        if solution is not None:
            found = case.read_solution(solution)
            if not rule.is_gate_passed(case.raise_stages_by_code(found.moves), gate):
                raise RuntimeError("The plan fails the official rule when checked again.")
            return found if gate.level == level else replace(found, bound=None)
    return FoundMoves({}, None) if budget is None else _find_partial_moves(case, rule, level, budget)


def _find_partial_moves(case: UpgradeCase, rule: OfficialRule, level: int, budget: int) -> FoundMoves:
    """Return those moves of the whole way that bring the most readiness for the money, where it buys no level."""
    whole = find_moves_to_level(case, rule, level, None).moves
    moves = {item: [move for move in case.moves[item] if move[0] == stage] for item, stage in whole.items()}
    rules = [rule for rule in case.rules if rule[0] in moves]
    return maximise_readiness(replace(case, moves=moves, rules=rules), budget)


def _list_relevant_items(case: UpgradeCase, rule: OfficialRule) -> list[int]:
    """Return the items that count towards the official level, and those that these may need first."""
    official = set(rule.points) | rule.scenarios
    chosen = {j for j, code in enumerate(case.scorecard.items) if code in official}
    size = -1
    while size != len(chosen):
        size = len(chosen)
        chosen |= {needs for item, _, needs, _ in case.rules if item in chosen}
    return sorted(chosen & set(case.moves))


def _build_gate_conditions(
    case: UpgradeCase, rule: OfficialRule, options: Sequence[StageOption], gate: OfficialGate
) -> list[LinearCondition]:
    codes = case.scorecard.items
    base: dict[int, int] = {}
    counts: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for number, option in enumerate(options):
        code, now = codes[option.item], max(int(case.stages[option.item]), 0)
        stage = now if option.stage < 0 else option.stage
        if code in rule.points:
            base[number] = rule.points[code][stage] - rule.points[code][now]
        if code in rule.scenarios and stage >= gate.level > now:
            counts[0][number] = 1
            if code in rule.binding:
                counts[1][number] = 1
    present = case.raise_stages_by_code({})
    reached = {code for code in rule.scenarios if present.get(code, 0) >= gate.level}
    return [
        LinearCondition(base, gate.base_thousandths - rule.compute_base(present)),
        LinearCondition(counts[0], gate.scenarios - len(reached)),
        LinearCondition(counts[1], gate.binding - len(reached & rule.binding)),
    ]
