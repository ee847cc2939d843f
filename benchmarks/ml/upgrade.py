"""The cheapest way to a tier or to an official level.

A tier asks for readiness, a sum over items: a knapsack, solved exactly for all budgets at once
(``knapsack``). Items that prerequisites tie together are first combined into one group. An official level
asks for base points and for two quotas of scenarios: an integer program (``integer_program``), checked again
in whole numbers.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, cached_property

from numpy.typing import ArrayLike

from benchmarks.ml.catalogue import Catalogue, Prerequisite
from benchmarks.ml.integer_program import Condition, Option, Solution, solve
from benchmarks.ml.knapsack import Frontier
from benchmarks.ml.official_rule import THOUSAND, OfficialGate, OfficialRule
from benchmarks.ml.plan import Plan, Step, Target
from benchmarks.ml.scorecard import Scorecard
from benchmarks.ml.upgrade_case import UpgradeCase
from instrument import load

FULL_READINESS = 100


@cache
def current_rule() -> OfficialRule:
    """Return the official rule of the current instrument."""
    return OfficialRule.from_instrument(load())


class UpgradePlanner:
    """Plans upgrades for companies of one size class.

    Parameters
    ----------
    scorecard : Scorecard
        Its item codes name the items.
    catalogue : Catalogue, default=None
        Costs and prerequisites; None takes the platform's. Items without rows cannot be raised.
    size : str, default="small"
        Size class of the company: micro, small or medium.
    rule : OfficialRule, default=None
        Rule of the official level; None takes that of the current instrument.
    prerequisites : sequence of Prerequisite, default=None
        None takes the catalogue's.

    Notes ----- Stages are read guarded: a missing answer is stage 0 and answering it costs what raising it
    does. What is not applicable stays so; what its weight adds to the other items of its dimension is counted
    exactly. A prerequisite binds steps, not the present: a company that already stands higher keeps its
    stage.
    """

    def __init__(
        self,
        scorecard: Scorecard,
        catalogue: Catalogue | None = None,
        *,
        size: str = "small",
        rule: OfficialRule | None = None,
        prerequisites: Sequence[Prerequisite] | None = None,
    ) -> None:
        self.scorecard = scorecard
        self.catalogue = catalogue or Catalogue.current()
        self.size = size
        self._rule = rule
        self.prerequisites = tuple(self.catalogue.prerequisites if prerequisites is None else prerequisites)
        if size not in self.catalogue.sizes:
            raise ValueError(
                f"Size class {size!r} is not in the catalogue: {', '.join(self.catalogue.sizes)}."
            )

    @cached_property
    def rule(self) -> OfficialRule:
        """The rule of the official level."""
        return self._rule or current_rule()

    def plan(
        self,
        x: ArrayLike,
        target: Target | int | str | tuple[str, int],
        probability: float = 0.5,
        exclude: Collection[str] = (),
        budget: int | None = None,
    ) -> Plan:
        """Return the cheapest plan from the stages x int8 (J,) to a target.

        Parameters
        ----------
        target : Target, int, str or pair
            ``Target.tier(2)``, ``Target.level(3)``, "tier:2", "level:3", or the number of a tier.
        probability : float, default=0.5
            For a tier k: what P(tier >= k) must reach.
        exclude : collection of str
            Codes of items that stay as they are.
        budget : int, default=None
            Most that the midpoint cost may be, in thousand yuan.

        Raises
        ------
        ValueError
            When x, the target, the probability, an excluded code or the budget makes no sense.
        """
        goal = Target.of(target)
        self._check(goal, probability, exclude, budget)
        case = UpgradeCase.of(
            self.scorecard, self.catalogue, self.size, self.prerequisites, x, frozenset(exclude)
        )
        groups = case.groups()
        frontier = None if groups is None else Frontier(groups, budget)
        if goal.goal == "level":
            found = self._to_level(case, goal.number, budget)
        elif frontier is not None:
            found = self._to_tier(case, frontier, goal.number, probability)
        else:
            found = self._to_tier_when_tied(case, goal.number, probability, budget)
        return self._plan(case, goal, found, frontier)

    def _check(self, goal: Target, probability: float, exclude: Collection[str], budget: int | None) -> None:
        if goal.goal == "tier" and not 1 <= goal.number < len(self.scorecard.document.tiers):
            raise ValueError(f"There is no tier {goal.number} to reach.")
        if goal.goal == "level":
            self.rule.gate(goal.number)
        if not 0 < probability < 1:
            raise ValueError(f"probability must lie between 0 and 1, not {probability!r}.")
        unknown = set(exclude) - set(self.scorecard.items)
        if unknown:
            raise ValueError(
                f"Excluded items that the scorecard does not have: {', '.join(sorted(unknown))}."
            )
        if budget is not None and budget < 0:
            raise ValueError("The budget must not be negative.")

    def _to_tier(self, case: UpgradeCase, frontier: Frontier, tier: int, probability: float) -> Found:
        missing = self._missing(case, tier, probability)
        cost = None if missing is None else frontier.cheapest(missing)
        while cost is not None and not self._reaches(case, frontier.moves(cost), tier, probability):
            cost = frontier.cheapest(frontier.value(cost) + 1)
        if cost is None:
            return Found(frontier.moves(frontier.cheapest(frontier.most) or 0), None)
        return Found(frontier.moves(cost), cost)

    def _to_tier_when_tied(
        self, case: UpgradeCase, tier: int, probability: float, budget: int | None
    ) -> Found:
        options = _options(case, case.moves)
        limits = [*_prerequisites(case, options), *_budget(options, budget)]
        gains = {n: case.gain(o.item, o.stage) for n, o in enumerate(options) if o.stage >= 0}
        missing = self._missing(case, tier, probability)
        while missing is not None:
            solution = solve(options, [*limits, Condition(gains, missing)])
            if solution is None:
                break
            found = _found(case, solution)
            if self._reaches(case, found.moves, tier, probability):
                return found
            missing = sum(case.gain(item, stage) for item, stage in found.moves.items()) + 1
        richest = solve([option._replace(cost=-gains.get(n, 0)) for n, option in enumerate(options)], limits)
        if richest is None:
            return Found({}, None)
        cheapest = solve(options, [*limits, Condition(gains, -richest.cost)])
        return replace(_found(case, cheapest or richest), bound=None)

    def _missing(self, case: UpgradeCase, tier: int, probability: float) -> int | None:
        """Return the units of value missing for a tier, None when no readiness is enough.

        It is one point of the scorecard less than computed, so that rounding can only look too low; whether a
        tier is reached is then decided by the scorecard itself.
        """
        readiness = self.scorecard.cut_score(tier, probability)
        if readiness is None:
            return None
        needed = Fraction(readiness) - Fraction(FULL_READINESS, self.scorecard.full_points)
        return math.ceil(needed * case.units_per_point) - case.present_value

    def _reaches(self, case: UpgradeCase, moves: Mapping[int, int], tier: int, probability: float) -> bool:
        scores = self.scorecard.score(case.raised(moves), "guarded")
        return bool(scores.exceed[0, tier - 1] >= probability)

    def _to_level(self, case: UpgradeCase, level: int, budget: int | None) -> Found:
        present = self._level(case, {})
        if present >= level:
            return Found({}, 0)
        goals = sorted((gate for gate in self.rule.gates if present < gate.level <= level), reverse=True)
        for gate in goals:
            options = _options(case, self._relevant(case))
            conditions = [
                *self._gate_conditions(case, options, gate),
                *_prerequisites(case, options),
                *_budget(options, budget),
            ]
            solution = solve(options, conditions)
            if solution is not None:
                found = _found(case, solution)
                if not self.rule.passes(self._stages(case, found.moves), gate):
                    raise RuntimeError("The plan fails the official rule when checked again.")
                return found if gate.level == level else replace(found, bound=None)
        return Found({}, None)

    def _relevant(self, case: UpgradeCase) -> list[int]:
        """Return the items that count towards the official level, and those that these may need first."""
        official = set(self.rule.points) | self.rule.scenarios
        chosen = {j for j, code in enumerate(self.scorecard.items) if code in official}
        size = -1
        while size != len(chosen):
            size = len(chosen)
            chosen |= {needs for item, _, needs, _ in case.rules if item in chosen}
        return sorted(chosen & set(case.moves))

    def _gate_conditions(
        self, case: UpgradeCase, options: Sequence[Option], gate: OfficialGate
    ) -> list[Condition]:
        codes = self.scorecard.items
        base: dict[int, int] = {}
        counts: tuple[dict[int, int], dict[int, int]] = ({}, {})
        for number, option in enumerate(options):
            code, now = codes[option.item], max(int(case.stages[option.item]), 0)
            stage = now if option.stage < 0 else option.stage
            if code in self.rule.points:
                base[number] = self.rule.points[code][stage] - self.rule.points[code][now]
            if code in self.rule.scenarios and stage >= gate.level > now:
                counts[0][number] = 1
                if code in self.rule.binding:
                    counts[1][number] = 1
        present = self._stages(case, {})
        reached = {code for code in self.rule.scenarios if present.get(code, 0) >= gate.level}
        return [
            Condition(base, gate.base_thousandths - self.rule.base(present)),
            Condition(counts[0], gate.scenarios - len(reached)),
            Condition(counts[1], gate.binding - len(reached & self.rule.binding)),
        ]

    def _stages(self, case: UpgradeCase, moves: Mapping[int, int]) -> dict[str, int]:
        return dict(zip(self.scorecard.items, case.raised(moves).tolist(), strict=True))

    def _level(self, case: UpgradeCase, moves: Mapping[int, int]) -> int:
        return self.rule.level(self._stages(case, moves))

    def _plan(self, case: UpgradeCase, goal: Target, found: Found, frontier: Frontier | None) -> Plan:
        after = case.raised(found.moves)
        before_score = self.scorecard.score(case.stages, "guarded")
        score = self.scorecard.score(after, "guarded")
        steps = self._steps(case, found.moves)
        cost = sum(step.cost for step in steps)
        has_level = bool(self.rule.scenarios & set(self.scorecard.items))
        # Items that need each other are raised side by side.
        finished: dict[str, int] = {}
        for step in steps:
            finished[step.item] = step.months + max((finished.get(item, 0) for item in step.after), default=0)
        readiness, start = float(score.readiness[0]), float(before_score.readiness[0])
        if frontier is None:
            points = tuple(sorted({(0, start), (cost, readiness)}))
        else:
            costs, values = frontier.steps()
            scale = case.units_per_point
            points = tuple(
                (spent, (case.present_value + value) / scale)
                for spent, value in zip(costs.tolist(), values.tolist(), strict=True)
            )
        return Plan(
            target=goal,
            feasible=found.bound is not None,
            steps=steps,
            cost_low=sum(step.low for step in steps),
            cost_high=sum(step.high for step in steps),
            cost=cost,
            bound=found.bound,
            gap=None if found.bound is None else cost - found.bound,
            frontier=points,
            frontier_complete=frontier is not None,
            months=max(finished.values(), default=0),
            stages=after,
            readiness_before=start,
            readiness=readiness,
            exceed=tuple(score.exceed[0].tolist()),
            level_before=self._level(case, {}) if has_level else None,
            level=self._level(case, found.moves) if has_level else None,
            tier_stated=bool(self.scorecard.coverage(after).tier_allowed[0]),
        )

    def _steps(self, case: UpgradeCase, moves: Mapping[int, int]) -> tuple[Step, ...]:
        """Return the steps in an order that keeps prerequisites, most readiness for the money first."""
        codes = self.scorecard.items
        pending = {}
        for item, stage in moves.items():
            cost = case.cost(item, stage)
            worth = self.rule.points.get(codes[item])
            now = int(case.stages[item])
            needed = {needs for i, s, needs, _ in case.rules if i == item and stage >= s and needs in moves}
            pending[item] = Step(
                item=codes[item],
                from_stage=now,
                to_stage=stage,
                low=cost.low,
                high=cost.high,
                cost=cost.cost,
                months=cost.months,
                gain=case.gain(item, stage) / case.units_per_point,
                base_gain=0.0 if worth is None else (worth[stage] - worth[max(now, 0)]) / THOUSAND,
                after=tuple(sorted(codes[needs] for needs in needed)),
                source=cost.source,
                date=cost.date,
            )
        ordered: list[Step] = []
        ranking = sorted(pending.values(), key=lambda step: (-step.gain / max(step.cost, 1), step.item))
        while ranking:
            taken = {step.item for step in ordered}
            # Rules that need each other leave no first step; then the order by worth stands.
            ready = next((step for step in ranking if taken.issuperset(step.after)), ranking[0])
            ranking.remove(ready)
            ordered.append(ready)
        return tuple(ordered)


@dataclass(frozen=True)
class Found:
    """Stages to raise, by item position, and the proven least cost of the target; None when out of reach."""

    moves: Mapping[int, int]
    bound: int | None


def _options(case: UpgradeCase, items: Collection[int]) -> list[Option]:
    """Return the options per item; staying put is stage -1."""
    options = []
    for item in items:
        options.append(Option(item, -1, 0))
        options += [Option(item, stage, cost.cost) for stage, cost in case.moves[item]]
    return options


def _prerequisites(case: UpgradeCase, options: Sequence[Option]) -> list[Condition]:
    """Return one condition per prerequisite: options that need it weigh -1, options that meet it 1."""
    conditions = []
    for item, stage, needs, needs_stage in case.rules:
        weights = {n: -1 for n, o in enumerate(options) if o.item == item and o.stage >= stage}
        weights |= {n: 1 for n, o in enumerate(options) if o.item == needs and o.stage >= needs_stage}
        if weights:
            conditions.append(Condition(weights, 0))
    return conditions


def _budget(options: Sequence[Option], budget: int | None) -> list[Condition]:
    if budget is None:
        return []
    return [Condition({n: -option.cost for n, option in enumerate(options) if option.cost}, -budget)]


def _found(case: UpgradeCase, solution: Solution) -> Found:
    moves = {item: stage for item, stage in solution.stages.items() if stage >= 0}
    if not case.allows(moves):
        raise RuntimeError("The plan breaks a prerequisite when checked again.")
    return Found(moves, solution.bound)
