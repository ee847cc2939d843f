"""Scoring of many rows: whole-number sums by matrix product, exact in any order.

Points and fill units add up to less than 2**24, so a float32 product of stages and points is exact whatever
the library, blocking or batch. Everything after it is elementwise. Hence a row's score does not depend, in
any bit, on the rows scored beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from benchmarks.ml.encode import MISSING, NOT_APPLICABLE, Stages

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

# Rows worked on together: enough to outweigh the calls, few enough to stay in cache.
CHUNK = 4096

# exp overflows a little above.
LARGEST_EXPONENT = 700.0
SMALLEST_NORMAL = 1e-300


@dataclass(frozen=True)
class Tables:
    """Item tables of a scorecard (one entry per item) and what is derived from them by dimension."""

    points: Whole
    fill_units: Whole
    levels: Whole
    dimensions: Whole

    @cached_property
    def full_points(self) -> Floats:
        """Full marks of each dimension (D, 1)."""
        totals = self._by_dimension(self.points * self.levels).sum(axis=0)
        return np.asarray(totals[:, None], dtype=np.float64)

    @cached_property
    def full_units(self) -> NDArray[np.float32]:
        """Fill units of each dimension at full stage (D, 1)."""
        totals = self._by_dimension(self.fill_units * self.levels).sum(axis=0)
        return np.asarray(totals[:, None], dtype=np.float32)

    @cached_property
    def per_stage(self) -> NDArray[np.float32]:
        """Points and fill units per stage (2D, J)."""
        both = np.hstack((self._by_dimension(self.points), self._by_dimension(self.fill_units)))
        return np.ascontiguousarray(both.T, dtype=np.float32)

    @cached_property
    def per_item(self) -> NDArray[np.float32]:
        """Points and fill units of an item at full stage (2D, J)."""
        return np.ascontiguousarray(self.per_stage * self.levels, dtype=np.float32)

    @cached_property
    def tiles(self) -> tuple[Stages, Stages]:
        """A chunk of zeros and a chunk of highest stages: numpy compares two full arrays far faster than it
        compares an array with a repeated row.
        """
        shape = (CHUNK, len(self.levels))
        return np.zeros(shape, dtype=np.int8), np.broadcast_to(self.levels.astype(np.int8), shape).copy()

    def _by_dimension(self, values: Whole) -> Whole:
        member = self.dimensions[:, None] == np.arange(self.dimensions.max() + 1)
        return np.where(member, values[:, None], np.int64(0))


class Workspace:
    """Scratch arrays for one chunk after another: fresh memory costs more than the arithmetic."""

    def __init__(self, rows: int, tables: Tables, readings: int) -> None:
        items, columns = len(tables.levels), len(tables.per_stage)
        self.earned_stages: Stages = np.empty((rows, items), dtype=np.int8)
        self.mask = np.empty((rows, items), dtype=np.bool_)
        self.operand = np.empty((rows, items), dtype=np.float32)
        self.product = np.empty((columns, rows), dtype=np.float32)
        self.earned = np.empty((columns, rows))
        self.lost = np.empty((columns, rows))
        self.filled = np.empty((readings, columns // 2, rows))
        self.totals = np.empty((readings, rows))
        self.logits = np.empty(rows)
        self.odds = np.empty(rows)


def dimension_points(
    stages: Stages, tables: Tables, readings: tuple[str, ...], work: Workspace
) -> list[tuple[Floats, Floats]]:
    """Return the points (D, n) of a chunk of stages (n, J), holes filled, and their sum (n,), per reading.

    In the reading "guarded" only "not applicable" is a hole; in "estimate" a missing answer is one too. A
    hole is filled by the mean of its dimension, or of the row where the dimension has no answer, or by 0.
    The arrays are views of the workspace, which the next chunk overwrites.

    Raises
    ------
    ValueError
        When an entry is neither a code nor a stage of its item.
    """
    n, size = len(stages), len(tables.full_points)
    zero, highest = (tile[:n] for tile in tables.tiles)
    mask = work.mask[:n]
    lowest = int(stages.min(initial=0))
    if lowest < NOT_APPLICABLE or np.greater(stages, highest, out=mask).any():
        raise ValueError(
            "A stage lies outside its item: allowed are -2, -1 and 0 to the item's highest stage."
        )
    earned_stages = np.maximum(stages, zero, out=work.earned_stages[:n]) if lowest < 0 else stages
    earned = work.earned[:, :n]
    np.copyto(earned, _product(earned_stages, tables.per_stage, work))
    results = []
    for reading, filled, total in zip(readings, work.filled[:, :, :n], work.totals[:, :n], strict=True):
        code = NOT_APPLICABLE if reading == "guarded" else MISSING
        if lowest > code:
            results.append((earned[:size], _total(earned[:size], total)))
            continue
        np.less_equal(stages, np.int8(code), out=mask)
        lost = _product(mask.view(np.int8), tables.per_item, work)
        _fill(earned, lost, tables.full_units, filled, total)
        results.append((filled, total))
    return results


def _product(stages: Stages, weights: NDArray[np.float32], work: Workspace) -> NDArray[np.float32]:
    """Return the exact products with whole-number weights (2D, n), in the workspace."""
    operand = work.operand[: len(stages)]
    np.copyto(operand, stages)
    return np.matmul(weights, operand.T, out=work.product[:, : len(stages)])


def _fill(
    earned: Floats, lost: NDArray[np.float32], full_units: NDArray[np.float32], out: Floats, total: Floats
) -> None:
    """Write points with holes filled (D, n) and their sum (n,); overwrites the units lost."""
    size = len(out)
    points, units, lost_points = earned[:size], earned[size:], lost[:size]
    possible = np.subtract(full_units, lost[size:], out=lost[size:])
    with np.errstate(invalid="ignore"):
        np.multiply(lost_points, units, out=out)
        np.divide(out, possible, out=out)
        np.add(out, points, out=out)
    # 0 / 0: a dimension without any answer. Rare, hence looked for afterwards; NaN shows in any sum.
    if np.isnan(_total(out, total).sum()):
        rows = np.flatnonzero(np.isnan(total))
        empty = possible[:, rows] == 0
        answerable = possible[:, rows].sum(axis=0, dtype=np.float64)
        mean = np.divide(
            units[:, rows].sum(axis=0), answerable, out=np.zeros(len(rows)), where=answerable > 0
        )
        out[:, rows] = np.where(empty, points[:, rows] + lost_points[:, rows] * mean, out[:, rows])
        _total(out, total)


def _total(points: Floats, out: Floats) -> Floats:
    """Write the sum over dimensions (n,), added in one fixed order."""
    np.copyto(out, points[0])
    for row in points[1:]:
        np.add(out, row, out=out)
    return out


def logistic(
    eta: Floats, thresholds: Floats, ceiling: float, out: Floats, odds: Floats | None = None
) -> None:
    """Write ``ceiling * sigma(eta - t_k)`` into the columns of out (n, K-1); thresholds increase.

    ``odds`` is scratch (n,).
    """
    first = thresholds[0]
    odds = np.subtract(first, eta, out=odds)
    np.exp(np.minimum(odds, LARGEST_EXPONENT, out=odds), out=odds)
    with np.errstate(over="ignore"):
        for factor, column in zip(np.exp(thresholds - first), out.T, strict=True):
            np.add(np.multiply(odds, factor, out=column), 1, out=column)
            np.divide(ceiling, column, out=column)


def shifted_logistic(eta: Floats, thresholds: Floats, prior_ratio: Floats) -> Floats:
    """Return P(tier >= k) of the logistic component (n, K-1) after re-weighting its classes.

    Class probabilities are built as products of positive terms, so that no digits cancel and the odds keep
    their order in eta.
    """
    cuts = len(thresholds)
    if prior_ratio.shape != (cuts + 1,) or not (np.isfinite(prior_ratio).all() and (prior_ratio > 0).all()):
        raise ValueError("prior_ratio must hold one positive number for each tier.")
    reach, miss = np.empty((2, len(eta), cuts))
    logistic(eta, thresholds, 1.0, reach)
    logistic(-eta, -thresholds[::-1], 1.0, miss)
    miss = miss[:, ::-1]
    classes = [prior_ratio[0] * miss[:, 0]]
    for k, gap in enumerate(np.diff(thresholds)):
        classes.append(prior_ratio[k + 1] * reach[:, k] * miss[:, k + 1] * -np.expm1(-gap))
    classes.append(prior_ratio[-1] * reach[:, -1])
    shifted = np.empty((len(eta), cuts))
    for k in range(cuts):
        below, above = sum(classes[: k + 1]), sum(classes[k + 1 :])
        shifted[:, k] = 1 / (1 + below / np.maximum(above, SMALLEST_NORMAL))
    return shifted
