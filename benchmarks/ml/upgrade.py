"""The cheapest way to a tier or to an official level.

A tier asks for readiness, a sum over items: a knapsack, solved exactly for all budgets at once
(``knapsack``). Items that prerequisites tie together are first combined into one group. An official level
asks for base points and for two quotas of scenarios: an integer program (``integer_program``), checked again
in whole numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache, cached_property

from numpy.typing import ArrayLike

from benchmarks.ml.catalogue import Catalogue, Prerequisite
from benchmarks.ml.knapsack import Frontier
from benchmarks.ml.level_path import find_moves_to_level
from benchmarks.ml.official_rule import THOUSAND, OfficialRule
from benchmarks.ml.plan import Plan, Target, UpgradeStep
from benchmarks.ml.scorecard import Scorecard
from benchmarks.ml.tier_path import find_moves_to_tier, solve_moves_to_tier
from benchmarks.ml.upgrade_case import FoundMoves, UpgradeCase
from instrument import load_instrument


@cache
def load_current_rule() -> OfficialRule:
    """Return the official rule of the current instrument."""
    return OfficialRule.from_instrument(load_instrument())


class UpgradePlanner:
    """Planner of upgrades for companies of one size class.

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
        return self._rule or load_current_rule()

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
        self._check_request(goal, probability, exclude, budget)
        case = UpgradeCase.build(
            self.scorecard, self.catalogue, self.size, self.prerequisites, x, frozenset(exclude)
        )
        groups = case.build_groups()
        frontier = None if groups is None else Frontier(groups, budget)
        if goal.goal == "level":
            found = find_moves_to_level(case, self.rule, goal.number, budget)
        elif frontier is not None:
            found = find_moves_to_tier(case, frontier, goal.number, probability)
        else:
            found = solve_moves_to_tier(case, goal.number, probability, budget)
        return self._build_plan(case, goal, found, frontier)

    def _check_request(
        self, goal: Target, probability: float, exclude: Collection[str], budget: int | None
    ) -> None:
        if goal.goal == "tier" and not 1 <= goal.number < len(self.scorecard.document.tiers):
            raise ValueError(f"There is no tier {goal.number} to reach.")
        if goal.goal == "level":
            self.rule.get_gate(goal.number)
        if not 0 < probability < 1:
            raise ValueError(f"probability must lie between 0 and 1, not {probability!r}.")
        unknown = set(exclude) - set(self.scorecard.items)
        if unknown:
            raise ValueError(
                f"Excluded items that the scorecard does not have: {', '.join(sorted(unknown))}."
            )
        if budget is not None and budget < 0:
            raise ValueError("The budget must not be negative.")

    def _build_plan(
        self, case: UpgradeCase, goal: Target, found: FoundMoves, frontier: Frontier | None
    ) -> Plan:
        after = case.raise_stages(found.moves)
        before_score = self.scorecard.score(case.stages, "guarded")
        score = self.scorecard.score(after, "guarded")
        steps = self._order_steps(case, found.moves)
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
            costs, values = frontier.list_steps()
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
            level_before=self.rule.compute_level(case.raise_stages_by_code({})) if has_level else None,
            level=self.rule.compute_level(case.raise_stages_by_code(found.moves)) if has_level else None,
            tier_stated=bool(self.scorecard.coverage(after).tier_allowed[0]),
        )

    def _order_steps(self, case: UpgradeCase, moves: Mapping[int, int]) -> tuple[UpgradeStep, ...]:
        """Return the steps in an order that keeps prerequisites, most readiness for the money first."""
        codes = self.scorecard.items
        pending = {}
        for item, stage in moves.items():
            cost = case.get_cost(item, stage)
            worth = self.rule.points.get(codes[item])
            now = int(case.stages[item])
            needed = {needs for i, s, needs, _ in case.rules if i == item and stage >= s and needs in moves}
            pending[item] = UpgradeStep(
                item=codes[item],
                from_stage=now,
                to_stage=stage,
                low=cost.low,
                high=cost.high,
                cost=cost.cost,
                months=cost.months,
                gain=case.compute_gain(item, stage) / case.units_per_point,
                base_gain=0.0 if worth is None else (worth[stage] - worth[max(now, 0)]) / THOUSAND,
                after=tuple(sorted(codes[needs] for needs in needed)),
                source=cost.source,
                date=cost.date,
            )
        ordered: list[UpgradeStep] = []
        ranking = sorted(pending.values(), key=lambda step: (-step.gain / max(step.cost, 1), step.item))
        while ranking:
            taken = {step.item for step in ordered}
            # Rules that need each other leave no first step; then the order by worth stands.
            ready = next((step for step in ranking if taken.issuperset(step.after)), ranking[0])
            ranking.remove(ready)
            ordered.append(ready)
        return tuple(ordered)
