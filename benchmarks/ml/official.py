"""The official digital level for whole arrays of stages (工信厅企业〔2024〕56号, 2024 edition).

`instrument.official` is the rule for one set of answers, with reasons. This is the same rule as lookup
tables, for scoring many submissions at once and for planning; a test holds the two equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from instrument import Instrument

THOUSANDTHS = 1000
TOP_LEVEL = 4


@dataclass(frozen=True)
class OfficialGrades:
    """Results of n rows. Points are thousandths (int64)."""

    level: NDArray[np.int64]  # (n,) 0..4
    base: NDArray[np.int64]  # (n,)
    by_dimension: NDArray[np.int64]  # (n, 3): foundation, management, outcomes
    scenarios: NDArray[np.int64]  # (n, 4): scenarios at level 1..4 or above
    binding: NDArray[np.int64]  # (n, 4): the binding ones among them


@dataclass(frozen=True)
class OfficialRule:
    """The rule of one instrument version as tables over its items.

    `points[j][s]` are the base points, in thousandths, of item j (a position in the item order) at stage s; only
    reachable stages are there. `gates[k - 1]` holds what level k needs: base points in thousandths, scenarios,
    binding scenarios.
    """

    points: dict[int, dict[int, int]]
    dimension_of: dict[int, int]
    dimension_names: tuple[str, ...]
    scenarios: tuple[int, ...]
    binding: frozenset[int]
    gates: tuple[tuple[int, int, int], ...]

    @classmethod
    def from_instrument(cls, instrument: Instrument) -> OfficialRule:
        """Build the tables from a definition."""
        position = {code: j for j, code in enumerate(instrument.item_order)}
        names = tuple(dimension.code for dimension in instrument.rule.dimensions)
        points: dict[int, dict[int, int]] = {}
        dimension_of: dict[int, int] = {}
        for index, dimension in enumerate(instrument.rule.dimensions):
            for code in dimension.items:
                item = instrument.item(code)
                dimension_of[position[code]] = index
                points[position[code]] = {
                    stage: int((item.points(item.value_for_stage(stage)) or 0) * THOUSANDTHS)
                    for stage in item.reachable_stages
                }
        scenarios = [item for item in instrument.items if item.part == "scenario"]
        return cls(
            points=points,
            dimension_of=dimension_of,
            dimension_names=names,
            scenarios=tuple(position[item.code] for item in scenarios),
            binding=frozenset(position[item.code] for item in scenarios if item.binding),
            gates=tuple(
                (int(gate.base * THOUSANDTHS), gate.scenarios, gate.binding)
                for gate in instrument.rule.gates
            ),
        )

    @cached_property
    def _lookup(self) -> dict[int, NDArray[np.int64]]:
        tables = {}
        for j, by_stage in self.points.items():
            table = np.full(max(by_stage) + 1, -1, dtype=np.int64)
            for stage, value in by_stage.items():
                table[stage] = value
            tables[j] = table
        return tables

    def grade(self, X: NDArray[np.int8]) -> OfficialGrades:
        """Grade stages X int8 (n, J); what is missing, not known or not applicable counts as the lowest option.

        Raises ValueError for a stage that no answer to the item gives.
        """
        stages = np.maximum(np.asarray(X, dtype=np.int64), 0)
        by_dimension = np.zeros((len(stages), len(self.dimension_names)), dtype=np.int64)
        for j, table in self._lookup.items():
            column = stages[:, j]
            if (column >= len(table)).any() or (table[column] < 0).any():
                raise ValueError(f"Column {j} holds a stage that no answer gives.")
            by_dimension[:, self.dimension_of[j]] += table[column]
        base = by_dimension.sum(axis=1)
        levels = np.arange(1, TOP_LEVEL + 1)
        reached = stages[:, list(self.scenarios)][:, :, None] >= levels
        starred = stages[:, sorted(self.binding)][:, :, None] >= levels
        scenarios, binding = reached.sum(axis=1), starred.sum(axis=1)
        needed = np.array(self.gates)
        passed = (base[:, None] >= needed[:, 0]) & (scenarios >= needed[:, 1]) & (binding >= needed[:, 2])
        level = np.where(passed, levels, 0).max(axis=1)
        return OfficialGrades(level, base, by_dimension, scenarios, binding)
