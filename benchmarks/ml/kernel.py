"""Scoring of many rows: whole-number sums by matrix product, exact in any order.

Points and fill units add up to less than 2**24, so a float32 product of stages and points is exact whatever
the library, blocking or batch. Everything after it is elementwise. Hence a row's score does not depend, in
any bit, on the rows scored beside it.

Rows stand last in every array, so that each step runs along memory, and dimensions are worked on a few at a
time, so that scratch arrays stay in cache and hardly any zero of the weights is multiplied.
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
CHUNK = 8192
# Dimensions multiplied together: fewer leave out more zeros, but make more calls.
BLOCK_DIMENSIONS = 2

# exp overflows a little above.
LARGEST_EXPONENT = 700.0
SMALLEST_NORMAL = 1e-300


@dataclass(frozen=True)
class Block:
    """A few dimensions with their items, counted in the order of ``Tables.order``.

    Rows are points and fill units, one dimension after another. ``earned`` (2d, K) multiplies stages;
    ``lost`` (2d, 1 + K) multiplies a one and holes, and gives the points lost and the units left.
    """

    dimensions: slice
    items: slice
    earned: NDArray[np.float32]
    lost: NDArray[np.float32]


@dataclass(frozen=True)
class Tables:
    """Item tables of a scorecard (one entry per item) and what is derived from them by dimension."""

    points: Whole
    fill_units: Whole
    levels: Whole
    dimensions: Whole

    @cached_property
    def order(self) -> NDArray[np.intp]:
        """Items sorted by dimension (J,)."""
        return np.argsort(self.dimensions, kind="stable")

    @cached_property
    def highest(self) -> Stages:
        """Highest stage of each item (J, 1), in that order."""
        return self.levels[self.order].astype(np.int8)[:, None]

    @cached_property
    def full_points(self) -> Floats:
        """Full marks of each dimension (D, 1, 1)."""
        return self._sum_dimensions(self.points)

    @cached_property
    def full_units(self) -> Floats:
        """Fill units of each dimension at full stage (D, 1, 1)."""
        return self._sum_dimensions(self.fill_units)

    @cached_property
    def blocks(self) -> list[Block]:
        """The tables in blocks, which leave out most of the zeros of a matrix of all items and dimensions."""
        dimensions, levels = self.dimensions[self.order], self.levels[self.order]
        values = np.stack((self.points, self.fill_units))[:, self.order]
        blocks = []
        for first in range(0, len(self.full_points), BLOCK_DIMENSIONS):
            inside = np.arange(len(self.full_points))[first : first + BLOCK_DIMENSIONS]
            items = slice(*np.searchsorted(dimensions, (inside[0], inside[-1] + 1)))
            member = inside[:, None, None] == dimensions[items]
            earned = member * values[:, items]
            lost = earned * levels[items] * np.array([[1], [-1]])
            whole = np.stack((np.zeros(len(inside)), self.full_units[inside, 0, 0]), axis=1)
            lost = np.concatenate((whole[:, :, None], lost), axis=2)
            weights = (table.reshape(2 * len(inside), -1).astype(np.float32) for table in (earned, lost))
            blocks.append(Block(slice(inside[0], inside[-1] + 1), items, *weights))
        return blocks

    def _sum_dimensions(self, values: Whole) -> Floats:
        totals = np.bincount(self.dimensions, values * self.levels).astype(np.float64)
        return totals[:, None, None]


class Workspace:
    """Scratch arrays and views for chunks of one size: fresh memory costs more than the arithmetic.

    Items and dimensions come first, rows last: that is how they are worked on.
    """

    def __init__(self, rows: int, tables: Tables, readings: tuple[str, ...]) -> None:
        items, size, parts = len(tables.levels), len(tables.full_points), 1 + len(readings)
        self.rows, self.tables = rows, tables
        self.codes = [np.int8(NOT_APPLICABLE if name == "guarded" else MISSING) for name in readings]
        self.stages: Stages = np.empty((items, rows), dtype=np.int8)
        # numpy compares two rows far faster than a row and a number.
        self.zeros: Stages = np.zeros(rows, dtype=np.int8)
        # What is multiplied: the stages earned and, for each reading, where its holes are.
        self.parts: Stages = np.empty((items, parts, rows), dtype=np.int8)
        self.holes = self.parts.view(np.bool_)[:, 1:]
        widest = max(block.lost.shape[1] for block in tables.blocks)
        operand = np.ones((widest, parts * rows), dtype=np.float32)
        product = np.empty((2 * BLOCK_DIMENSIONS, parts * rows), dtype=np.float32)
        exact = np.empty((BLOCK_DIMENSIONS, 2, parts, rows))
        self.filled = np.empty((size, len(readings), rows))
        self.total, self.odds = np.empty((2, len(readings), rows))
        self.steps = [BlockStep.build(block, self, operand, product, exact) for block in tables.blocks]


@dataclass(frozen=True)
class BlockStep:
    """A block and the views of a workspace that it reads and writes."""

    block: Block
    parts: Stages
    operand: NDArray[np.float32]
    stages: NDArray[np.float32]
    holes: NDArray[np.float32]
    earned: NDArray[np.float32]
    lost: NDArray[np.float32]
    product: NDArray[np.float32]
    exact: Floats
    points: Floats
    units: Floats
    lost_points: Floats
    possible: Floats
    filled: Floats

    @classmethod
    def build(
        cls,
        block: Block,
        work: Workspace,
        operand: NDArray[np.float32],
        product: NDArray[np.float32],
        exact: Floats,
    ) -> BlockStep:
        """Cut the views of one block out of scratch arrays that all blocks share."""
        rows, columns = block.lost.shape
        n = work.rows
        operand, product, exact = operand[:columns], product[:rows], exact[: rows // 2]
        return cls(
            block,
            parts=work.parts.reshape(len(work.parts), -1)[block.items],
            operand=operand[1:],
            stages=operand[1:, :n],
            holes=operand[:, n:],
            earned=product[:, :n],
            lost=product[:, n:],
            product=product.reshape(exact.shape),
            exact=exact,
            points=exact[:, 0, :1],
            units=exact[:, 1, :1],
            lost_points=exact[:, 0, 1:],
            possible=exact[:, 1, 1:],
            filled=work.filled[block.dimensions],
        )

    def fill(self) -> None:
        """Write the points of the block's dimensions, holes filled by the mean of their dimension."""
        np.copyto(self.operand, self.parts)
        np.matmul(self.block.earned, self.stages, out=self.earned)
        np.matmul(self.block.lost, self.holes, out=self.lost)
        np.copyto(self.exact, self.product)
        np.multiply(self.lost_points, self.units, out=self.filled)
        np.divide(self.filled, self.possible, out=self.filled)
        np.add(self.filled, self.points, out=self.filled)


def compute_dimension_points(stages: Stages, work: Workspace) -> tuple[Floats, Floats]:
    """Return the points (D, R, n) of a chunk of stages (n, J), holes filled, and their sum (R, n), per reading.

    In the reading "guarded" only "not applicable" is a hole; in "estimate" a missing answer is one too. A
    hole is filled by the mean of its dimension, or of the row where the dimension has no answer, or by 0.
    The arrays are those of the workspace, which the next chunk overwrites.

    Raises
    ------
    ValueError
        When an entry is neither a code nor a stage of its item.
    """
    tables = work.tables
    np.take(stages.T, tables.order, axis=0, out=work.stages, mode="clip")
    highest = work.stages.max(axis=1, keepdims=True)
    if work.stages.min() < NOT_APPLICABLE or (highest > tables.highest).any():
        raise ValueError(
            "A stage lies outside its item: allowed are -2, -1 and 0 to the item's highest stage."
        )
    np.maximum(work.stages, work.zeros, out=work.parts[:, 0])
    for reading, code in enumerate(work.codes):
        np.less_equal(work.stages, code, out=work.holes[:, reading])
    with np.errstate(invalid="ignore"):  # 0 / 0: a dimension without any answer
        for step in work.steps:
            step.fill()
    _add_up(work.filled, work.total)
    # Rare, hence looked for afterwards; NaN shows in any sum.
    if np.isnan(work.total.sum()):
        _fill_empty(work)
    return work.filled, work.total


def _fill_empty(work: Workspace) -> None:
    """Fill the holes of dimensions without any answer by the mean of the row, or by 0."""
    readings, rows = np.divmod(np.flatnonzero(np.isnan(work.total)), work.rows)
    stages, holes = work.parts[:, 0, rows], work.holes[:, readings, rows]
    ones = np.ones((1, len(rows)))
    exact = np.empty((len(work.filled), 2, 2, len(rows)))
    for block in work.tables.blocks:
        product = exact[block.dimensions].reshape(len(block.lost), 2, -1)
        product[:, 0] = block.earned.astype(np.float64) @ stages[block.items]
        product[:, 1] = block.lost.astype(np.float64) @ np.concatenate((ones, holes[block.items]))
    points, units, lost_points, possible = exact[:, 0, 0], exact[:, 1, 0], exact[:, 0, 1], exact[:, 1, 1]
    answerable = possible.sum(axis=0)
    mean = np.divide(units.sum(axis=0), answerable, out=np.zeros(len(rows)), where=answerable > 0)
    filled = np.where(possible == 0, points + lost_points * mean, work.filled[:, readings, rows])
    work.filled[:, readings, rows] = filled
    _add_up(work.filled, work.total)


def _add_up(points: Floats, out: Floats) -> None:
    """Write the sum over dimensions, added in one fixed order."""
    np.copyto(out, points[0])
    for row in points[1:]:
        np.add(out, row, out=out)


def compute_logistic(
    eta: Floats, thresholds: Floats, ceiling: float, out: Floats, odds: Floats | None = None
) -> None:
    """Write ``ceiling * sigma(eta - t_k)`` into out (K-1, ...) for eta (...); thresholds increase.

    ``odds`` is scratch of the shape of eta.
    """
    first = thresholds[0]
    odds = np.subtract(first, eta, out=odds)
    np.exp(np.minimum(odds, LARGEST_EXPONENT, out=odds), out=odds)
    with np.errstate(over="ignore"):
        for factor, reach in zip(np.exp(thresholds - first), out, strict=True):
            np.add(np.multiply(odds, factor, out=reach), 1, out=reach)
            np.divide(ceiling, reach, out=reach)


def compute_shifted_logistic(eta: Floats, thresholds: Floats, prior_ratio: Floats) -> Floats:
    """Return P(tier >= k) of the logistic component (K-1, ...) for eta (...), classes re-weighted.

    Class probabilities are built as products of positive terms, so that no digits cancel and the odds keep
    their order in eta.
    """
    cuts = len(thresholds)
    if prior_ratio.shape != (cuts + 1,) or not (np.isfinite(prior_ratio).all() and (prior_ratio > 0).all()):
        raise ValueError("prior_ratio must hold one positive number for each tier.")
    reach = np.empty((cuts, *eta.shape))
    miss = np.empty(reach.shape)
    compute_logistic(eta, thresholds, 1.0, reach)
    compute_logistic(-eta, -thresholds[::-1], 1.0, miss)
    miss = miss[::-1]
    classes = [prior_ratio[0] * miss[0]]
    for k, gap in enumerate(np.diff(thresholds)):
        classes.append(prior_ratio[k + 1] * reach[k] * miss[k + 1] * -np.expm1(-gap))
    classes.append(prior_ratio[-1] * reach[-1])
    shifted = np.empty(reach.shape)
    for k in range(cuts):
        below, above = sum(classes[: k + 1]), sum(classes[k + 1 :])
        shifted[k] = 1 / (1 + below / np.maximum(above, SMALLEST_NORMAL))
    return shifted
