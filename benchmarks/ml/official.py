"""The official digital level for whole arrays of stages (工信厅企业〔2024〕56号, 2024 edition).

`instrument.official` is the rule for one set of answers, with reasons. This is the same rule over columns, for
scoring many submissions at once; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.ml.official_rule import OfficialRule
from instrument import Instrument

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class OfficialGrades:
    """Results of n rows. Points are thousandths."""

    level: Whole  # (n,) 0..4
    base: Whole  # (n,)
    by_dimension: Whole  # (n, 3): foundation, management, outcomes
    scenarios: Whole  # (n, 4): scenarios at level 1..4 or above
    binding: Whole  # (n, 4): the binding ones among them


@dataclass(frozen=True)
class OfficialTables:
    """The rule as lookup tables by column of the vector of stages.

    `points[column][stage]` are thousandths of a base point, `dimension[column]` the scored dimension they go to;
    `scenarios` and `binding` are columns; `gates` (4, 3) holds base points, scenarios and binding ones by level.
    """

    points: dict[int, Whole]
    dimension: dict[int, int]
    dimensions: int
    scenarios: Sequence[int]
    binding: Sequence[int]
    gates: Whole

    @classmethod
    def from_instrument(cls, instrument: Instrument) -> OfficialTables:
        """Build the tables from a definition."""
        rule = OfficialRule.from_instrument(instrument)
        column = {code: index for index, code in enumerate(instrument.item_order)}
        return cls(
            points={column[code]: np.array(worth, dtype=np.int64) for code, worth in rule.points.items()},
            dimension={
                column[code]: index
                for index, dimension in enumerate(instrument.rule.dimensions)
                for code in dimension.items
            },
            dimensions=len(instrument.rule.dimensions),
            scenarios=sorted(column[code] for code in rule.scenarios),
            binding=sorted(column[code] for code in rule.binding),
            gates=np.array([gate[1:] for gate in rule.gates], dtype=np.int64),
        )

    def grade(self, X: NDArray[np.int8]) -> OfficialGrades:
        """Grade stages X int8 (n, J); what is missing, not known or not applicable counts as the lowest option."""
        stages = np.maximum(np.asarray(X, dtype=np.int64), 0)
        by_dimension = np.zeros((len(stages), self.dimensions), dtype=np.int64)
        for column, table in self.points.items():
            by_dimension[:, self.dimension[column]] += table[stages[:, column]]
        base = by_dimension.sum(axis=1)
        levels = np.arange(1, len(self.gates) + 1)
        scenarios = (stages[:, self.scenarios][:, :, None] >= levels).sum(axis=1)
        binding = (stages[:, self.binding][:, :, None] >= levels).sum(axis=1)
        reached = np.stack([np.broadcast_to(base[:, None], scenarios.shape), scenarios, binding], axis=2)
        level = np.where((reached >= self.gates).all(axis=2), levels, 0).max(axis=1)
        return OfficialGrades(level, base, by_dimension, scenarios, binding)
