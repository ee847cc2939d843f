"""One company as whole numbers: what each item could be raised to, at what cost, for how many points."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.ml.catalogue import Catalogue, Prerequisite, StepCost
from benchmarks.ml.encode import NOT_APPLICABLE, validate_stages
from benchmarks.ml.integer_program import LinearCondition, Solution, StageOption
from benchmarks.ml.knapsack import Group, UpgradeChoice, merge_groups
from benchmarks.ml.scorecard import Scorecard


@dataclass(frozen=True)
class FoundMoves:
    """Stages to raise, by item position, and the proven least cost of the target; None when out of reach."""

    moves: Mapping[int, int]
    bound: int | None


@dataclass(frozen=True)
class UpgradeCase:
    """Stages x (J,), the moves that are open, and the prerequisites that bind them.

    ``moves`` holds for each item position the stages it can be raised to, with costs. ``rules`` are
    prerequisites as (item, stage, needed item, needed stage) by position, without those that can never bind.
    """

    scorecard: Scorecard
    stages: NDArray[np.int8]
    moves: Mapping[int, Sequence[tuple[int, StepCost]]]
    rules: Sequence[tuple[int, int, int, int]]

    @classmethod
    def build(
        cls,
        scorecard: Scorecard,
        catalogue: Catalogue,
        size: str,
        prerequisites: Sequence[Prerequisite],
        x: ArrayLike,
        exclude: Collection[str],
    ) -> UpgradeCase:
        """Read the situation of a company; ValueError when x is not one row of valid stages."""
        row = np.asarray(x)
        if row.ndim == 2 and len(row) == 1:
            row = row[0]
        if row.shape != (len(scorecard.items),):
            raise ValueError(f"x has shape {row.shape}; {len(scorecard.items)} stages are needed.")
        stages = validate_stages(row[None, :], scorecard.levels)[0]
        position = {code: j for j, code in enumerate(scorecard.items)}
        moves = {}
        for code, j in position.items():
            if code in exclude or stages[j] == NOT_APPLICABLE or code not in catalogue.by_item:
                continue
            reachable = catalogue.list_moves(code, int(stages[j]), size)
            moves[j] = [(stage, cost) for stage, cost in reachable if stage <= scorecard.levels[j]]
        rules = []
        for rule in prerequisites:
            if rule.item not in position or rule.needs not in position:
                continue
            item, needs = position[rule.item], position[rule.needs]
            # What does not apply to a company cannot be asked of it first.
            met = stages[needs] >= rule.needs_stage or stages[needs] == NOT_APPLICABLE
            if not met and any(stage >= rule.stage for stage, _ in moves.get(item, ())):
                rules.append((item, rule.stage, needs, rule.needs_stage))
        return cls(scorecard, stages, moves, rules)

    @cached_property
    def _worth(self) -> tuple[list[int], int]:
        """Value of one stage of each item in whole units, and the number of units in a point of readiness.

        What a stage is worth depends on which items do not apply, since it also fills those; with that
        pattern fixed the score is linear in the stages. Shared out weights are fractions: the unit is their
        common denominator.
        """
        one_each = np.where(self.stages == NOT_APPLICABLE, self.stages, 1).astype(np.int8)
        shares = self.scorecard.contributions(one_each, "guarded")
        scale = math.lcm(*(share.denominator for share in shares))
        return [int(share * scale) for share in shares], scale

    @property
    def units_per_point(self) -> int:
        """Whole units of value in one point of readiness."""
        return self._worth[1]

    def compute_value(self, item: int, stage: int) -> int:
        """Return the value of an item at a stage."""
        return self._worth[0][item] * max(stage, 0)

    @cached_property
    def present_value(self) -> int:
        """The value of the stages as they are."""
        return sum(self.compute_value(j, int(stage)) for j, stage in enumerate(self.stages))

    def compute_gain(self, item: int, stage: int) -> int:
        """Return the value that raising an item to a stage adds."""
        return self.compute_value(item, stage) - self.compute_value(item, int(self.stages[item]))

    def get_cost(self, item: int, stage: int) -> StepCost:
        """Return the cost of raising an item to a stage that it can be raised to."""
        return next(cost for reached, cost in self.moves[item] if reached == stage)

    def is_allowed(self, raised: Mapping[int, int]) -> bool:
        """Return whether a set of raised stages, by item position, keeps every prerequisite."""
        return all(
            raised.get(item, -1) < stage or raised.get(needs, int(self.stages[needs])) >= needs_stage
            for item, stage, needs, needs_stage in self.rules
        )

    def raise_stages(self, moves: Mapping[int, int]) -> NDArray[np.int8]:
        """Return all stages (J,) after raising some."""
        after = self.stages.copy()
        for item, stage in moves.items():
            after[item] = stage
        return after

    def raise_stages_by_code(self, moves: Mapping[int, int]) -> dict[str, int]:
        """Return all stages by item code after raising some."""
        return dict(zip(self.scorecard.items, self.raise_stages(moves).tolist(), strict=True))

    def list_options(self, items: Collection[int]) -> list[StageOption]:
        """Return the options of some items for the integer program; staying put is stage -1."""
        options = []
        for item in items:
            options.append(StageOption(item, -1, 0))
            options += [StageOption(item, stage, cost.cost) for stage, cost in self.moves[item]]
        return options

    def build_limits(self, options: Sequence[StageOption], budget: int | None) -> list[LinearCondition]:
        """Return the conditions of prerequisites and budget on the options."""
        limits = []
        for item, stage, needs, needs_stage in self.rules:
            # Options that need the other item weigh -1, options that meet the need 1.
            weights = {n: -1 for n, o in enumerate(options) if o.item == item and o.stage >= stage}
            weights |= {n: 1 for n, o in enumerate(options) if o.item == needs and o.stage >= needs_stage}
            limits.append(LinearCondition(weights, 0))
        if budget is not None:
            limits.append(LinearCondition({n: -o.cost for n, o in enumerate(options) if o.cost}, -budget))
        return limits

    def read_solution(self, solution: Solution) -> FoundMoves:
        """Read a solution of the integer program, checking the prerequisites once more."""
        moves = {item: stage for item, stage in solution.stages.items() if stage >= 0}
        if not self.is_allowed(moves):
            raise RuntimeError("The plan breaks a prerequisite when checked again.")
        return FoundMoves(moves, solution.bound)

    def build_groups(self) -> list[Group] | None:
        """Return the choices per item, or per set tied by prerequisites; None when too many are tied."""
        single: dict[int, Group] = {
            item: (
                UpgradeChoice(0, 0, ()),
                *(
                    UpgradeChoice(c.cost, self.compute_gain(item, stage), ((item, stage),))
                    for stage, c in moves
                ),
            )
            for item, moves in self.moves.items()
        }
        result: list[Group] = []
        for tied in self._group_tied_items():
            group = merge_groups([single.pop(item) for item in tied if item in single], self.is_allowed)
            if group is None:
                return None
            result.append(group)
        return result + list(single.values())

    def _group_tied_items(self) -> list[set[int]]:
        sets: list[set[int]] = []
        for item, _, needs, _ in self.rules:
            touching = [tied for tied in sets if item in tied or needs in tied]
            sets = [tied for tied in sets if tied not in touching]
            sets.append({item, needs}.union(*touching))
        return sets
