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

# Rows worked on together: few enough for the second-level cache.
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
    def full_units(self) -> Floats:
        """Fill units of each dimension at full stage (D, 1)."""
        totals = self._by_dimension(self.fill_units * self.levels).sum(axis=0)
        return np.asarray(totals[:, None], dtype=np.float64)

    @cached_property
    def per_stage(self) -> NDArray[np.float32]:
        """Points and fill units per stage (J, 2D)."""
        return np.hstack((self._by_dimension(self.points), self._by_dimension(self.fill_units))).astype(
            np.float32
        )

    @cached_property
    def per_item(self) -> NDArray[np.float32]:
        """Points and fill units of an item at full stage (J, 2D)."""
        return (self.per_stage * self.levels[:, None]).astype(np.float32)

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


def dimension_points(stages: Stages, tables: Tables, readings: tuple[str, ...]) -> list[Floats]:
    """Return the points (D, n) of a chunk of stages (n, J), holes filled, for each reading.

    In the reading "guarded" only "not applicable" is a hole; in "estimate" a missing answer is one too. A
    hole is filled by the mean of its dimension, or of the row where the dimension has no answer, or by 0.

    Raises
    ------
    ValueError
        When an entry is neither a code nor a stage of its item.
    """
    zero, highest = (tile[: len(stages)] for tile in tables.tiles)
    lowest = int(stages.min(initial=0))
    if lowest < NOT_APPLICABLE or (stages > highest).any():
        raise ValueError(
            "A stage lies outside its item: allowed are -2, -1 and 0 to the item's highest stage."
        )
    size = len(tables.full_points)
    earned = _columns(np.maximum(stages, zero), tables.per_stage)
    results = []
    for reading in readings:
        code = NOT_APPLICABLE if reading == "guarded" else MISSING
        if lowest > code:
            results.append(earned[:size])
            continue
        holes, per_item = stages <= code, tables.per_item
        # "Not applicable" is allowed for few items; the product needs those alone.
        items = np.flatnonzero(holes.any(axis=0))
        if 2 * len(items) < holes.shape[1]:
            holes, per_item = holes[:, items], per_item[items]
        lost = _columns(holes.view(np.int8), per_item)
        results.append(_filled(earned[:size], earned[size:], lost[:size], lost[size:], tables.full_units))
    return results


def _columns(stages: Stages, weights: NDArray[np.float32]) -> Floats:
    """Return the exact products with whole-number weights, one row per column of weights (2D, n)."""
    product = stages.astype(np.float32) @ weights
    return product.T.astype(np.float64, order="C")


def _filled(
    points: Floats, units: Floats, lost_points: Floats, lost_units: Floats, full_units: Floats
) -> Floats:
    possible = full_units - lost_units
    with np.errstate(invalid="ignore"):
        filled = lost_points * units
        filled /= possible
        filled += points
    # 0 / 0: a dimension without any answer. Rare, hence found afterwards.
    rows = np.flatnonzero(np.isnan(total(filled)))
    if len(rows):
        empty = possible[:, rows] == 0
        answerable = possible[:, rows].sum(axis=0)
        mean = np.divide(
            units[:, rows].sum(axis=0), answerable, out=np.zeros(len(rows)), where=answerable > 0
        )
        filled[:, rows] = np.where(empty, points[:, rows] + lost_points[:, rows] * mean, filled[:, rows])
    return filled


def total(points: Floats) -> Floats:
    """Return the sum over dimensions (n,), added in one fixed order."""
    result: Floats = points[0].copy()
    for row in points[1:]:
        result += row
    return result


def logistic(eta: Floats, thresholds: Floats, ceiling: float, out: Floats) -> None:
    """Write ``ceiling * sigma(eta - t_k)`` into the columns of out (n, K-1); thresholds increase."""
    first = thresholds[0]
    odds = np.exp(np.minimum(first - eta, LARGEST_EXPONENT))
    with np.errstate(over="ignore"):
        for column, factor in enumerate(np.exp(thresholds - first)):
            np.divide(ceiling, odds * factor + 1, out=out[:, column])


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
