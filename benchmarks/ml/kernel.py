"""Scoring of many rows: whole-number sums by matrix product, exact in any order.

Points and fill units add up to less than 2**24, so a float32 product of stages and points is exact whatever the
library, blocking or batch. Everything after it is elementwise. Hence a row's score does not depend, in any bit, on
the rows scored beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.ml.encode import MISSING, NOT_APPLICABLE, Stages

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

CHUNK = 4096


@dataclass(frozen=True)
class Tables:
    """Item tables of a scorecard, one column per dimension for earned points and one for fill units.

    ``per_stage`` (J, 2D) turns stages into points earned and fill units earned; ``whole`` (J, 2D) turns holes into
    points and fill units lost; ``full_points`` and ``full_units`` (D,) are the dimension totals.
    """

    per_stage: Singles
    whole: Singles
    full_points: Floats
    full_units: Floats

    @classmethod
    def of(
        cls,
        points: NDArray[np.int64],
        fill_units: NDArray[np.int64],
        levels: NDArray[np.int64],
        dimensions: NDArray[np.int64],
    ) -> Tables:
        """Build the tables from item points, fill units, levels and dimension positions."""
        size = int(dimensions.max()) + 1
        member = (dimensions[:, None] == np.arange(size)).astype(np.int64)
        per_stage = np.hstack((points[:, None] * member, fill_units[:, None] * member))
        whole = per_stage * levels[:, None]
        return cls(
            per_stage.astype(np.float32),
            whole.astype(np.float32),
            whole[:, :size].sum(axis=0).astype(np.float64),
            whole[:, size:].sum(axis=0).astype(np.float64),
        )


def filled_points(earned: Floats, lost: Floats | None, tables: Tables) -> Floats:
    """Return the points of each dimension (n, D) with holes filled.

    ``earned`` (n, 2D) holds points and fill units of the answers, ``lost`` (n, 2D) those of the holes at full stage;
    None means that no row has a hole. A hole is filled by the mean of its dimension, or of the row where the
    dimension has no answer, or by 0.
    """
    size = len(tables.full_points)
    if lost is None:
        return earned[:, :size]
    possible = tables.full_units - lost[:, size:]
    fill = lost[:, :size] * earned[:, size:]
    if possible.all():
        fill /= possible
    else:
        empty = possible == 0
        row_earned, row_possible = earned[:, size:].sum(axis=1), possible.sum(axis=1)
        np.divide(fill, possible, out=fill, where=~empty)
        instead = lost[:, :size] * row_earned[:, None]
        np.divide(instead, row_possible[:, None], out=instead, where=(row_possible > 0)[:, None])
        fill[empty] = instead[empty]
    fill += earned[:, :size]
    return fill


def dimension_points(stages: Stages, tables: Tables, readings: tuple[str, ...]) -> list[Floats]:
    """Return the filled points (n, D) of a chunk of checked stages for each reading.

    In the reading "guarded" only "not applicable" is a hole; in "estimate" a missing answer is one too.
    """
    answers = np.maximum(stages, 0).astype(np.float32)
    earned = (answers @ tables.per_stage).astype(np.float64)
    results = []
    for reading in readings:
        holes = stages == NOT_APPLICABLE if reading == "guarded" else stages <= MISSING
        lost = (holes.astype(np.float32) @ tables.whole).astype(np.float64) if holes.any() else None
        results.append(filled_points(earned, lost, tables))
    return results
