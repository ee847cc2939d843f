"""From stages to utilities, and the one rule that fills holes.

A stage ``x_j`` of an item with highest stage ``L_j`` has the utility ``x_j / L_j``. Two codes are not stages:
``MISSING`` (unanswered or "don't know") and ``NOT_APPLICABLE``.

The filling rule, used here and by the scorecard with the same integers:

1. A hole takes the mean utility of the answered items of its dimension, weighted by the expert weights, which
   are fixed before any model is fitted.
2. If nothing in the dimension is answered, it takes the weighted mean over all answered items of the row.
3. If nothing in the row is answered, it takes 0.

What is a hole depends on the reading: under ``"prorata"`` both codes are; under ``"zero"`` a missing answer
counts as stage 0, so that leaving a question out can never pay, and only "not applicable" is filled.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import validate_data

NOT_APPLICABLE = -2
MISSING = -1

Missing = Literal["prorata", "zero"]
Stages = NDArray[np.int8]
Utilities = NDArray[np.float64]

# Below 2**24 every partial sum of whole numbers is exact in float32, in whatever order it is added up.
EXACT_TOTAL = 16_000_000


def sort_dimensions(dimensions: Sequence[str] | NDArray[Any]) -> list[str]:
    """Return the distinct dimension labels as text, D2 before D10."""
    labels = {str(label) for label in dimensions}
    return sorted(labels, key=lambda label: [int(t) if t.isdigit() else t for t in re.split(r"(\d+)", label)])


def quantise_units(shares: ArrayLike, levels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Quantise item shares to whole units per stage.

    ``units_j * levels_j`` is proportional to ``shares_j`` and adds up to about ``EXACT_TOTAL``, safely
    below 2**24.
    """
    share = np.asarray(shares, dtype=np.float64)
    units: NDArray[np.int64] = np.rint(EXACT_TOTAL * (share / share.sum()) / levels).astype(np.int64)
    return units


def validate_stages(X: NDArray[Any], levels: NDArray[np.int64]) -> Stages:
    """Return X as contiguous int8, or raise ValueError when an entry is no stage of its item."""
    if X.dtype != np.int8:
        with np.errstate(invalid="ignore"):
            whole = X.astype(np.int8)
        if not np.array_equal(whole, X):
            raise ValueError(
                "Stages must be whole numbers: -2 not applicable, -1 missing, else 0 to the highest stage."
            )
        X = whole
    stages = np.ascontiguousarray(X, dtype=np.int8)
    if stages.size and (stages.min() < NOT_APPLICABLE or bool((stages.max(axis=0) > levels).any())):
        raise ValueError(
            "A stage lies outside its item: allowed are -2, -1 and 0 to the item's highest stage."
        )
    return stages


class AnswerEncoder(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Encoder of vectors of stages as utilities between 0 and 1, with holes filled.

    The encoder learns nothing from data: ``fit`` only checks. It may be used without fitting.

    Parameters
    ----------
    levels : array-like of int, shape (J,), default=None
        Highest stage of each item, at least 1. None means 4 for every item.
    dimensions : array-like, shape (J,), default=None
        Dimension label of each item (text or number). None means one dimension.
    weights : array-like of float, shape (J,), default=None
        Expert weight of each item, not negative, with a positive sum. None means equal weights.
    missing : {"prorata", "zero"}, default="prorata"
        Whether a missing answer is filled like "not applicable" or counts as stage 0.

    Attributes
    ----------
    n_features_in_ : int
        Number of items.
    """

    def __init__(
        self,
        levels: ArrayLike | None = None,
        dimensions: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        missing: Missing = "prorata",
    ) -> None:
        self.levels = levels
        self.dimensions = dimensions
        self.weights = weights
        self.missing = missing

    def fit(self, X: ArrayLike, y: ArrayLike | None = None) -> AnswerEncoder:
        """Check the parameters against X (n, J) and remember the number of items."""
        stages = validate_data(self, X, dtype="numeric", ensure_min_samples=1)
        validate_stages(stages, self.item_levels(stages.shape[1]))
        self.item_dimensions(stages.shape[1])
        self.fill_units(stages.shape[1])
        self._check_missing()
        return self

    def transform(self, X: ArrayLike) -> Utilities:
        """Return utilities float64 (n, J) in [0, 1].

        Raises
        ------
        ValueError
            When an entry of X is neither a code nor a stage of its item.
        """
        checked = validate_data(self, X, dtype="numeric", reset=False)
        items = checked.shape[1]
        self._check_missing()
        levels = self.item_levels(items)
        stages = validate_stages(checked, levels)
        units = self.fill_units(items)
        _, dimension = self.item_dimensions(items)

        answered = stages >= 0
        if self.missing == "zero":
            answered |= stages == MISSING
        points = np.where(stages > 0, stages, 0).astype(np.float64)
        member = (dimension[:, None] == np.arange(dimension.max() + 1)).astype(np.float64)
        earned = (points * units) @ member
        possible = (answered * (units * levels)) @ member
        row_earned, row_possible = earned.sum(axis=1), possible.sum(axis=1)
        row_mean = np.divide(row_earned, row_possible, out=np.zeros(len(stages)), where=row_possible > 0)
        fill = np.divide(
            earned, possible, out=np.repeat(row_mean[:, None], member.shape[1], 1), where=possible > 0
        )
        return np.where(answered, points / levels, fill[:, dimension])

    def item_levels(self, items: int) -> NDArray[np.int64]:
        """Return the highest stage of each of the items, checked."""
        levels = np.full(items, 4) if self.levels is None else np.asarray(self.levels)
        if levels.shape != (items,):
            raise ValueError(f"X has {items} features, but levels has shape {levels.shape}.")
        if (levels < 1).any() or (levels > 127).any() or (levels != np.rint(levels)).any():
            raise ValueError("levels must be whole numbers from 1 to 127.")
        return levels.astype(np.int64)

    def item_dimensions(self, items: int) -> tuple[list[str], NDArray[np.int64]]:
        """Return the dimension labels in order and, for each item, the position of its dimension."""
        labels = np.zeros(items, dtype=np.int64) if self.dimensions is None else np.asarray(self.dimensions)
        if labels.shape != (items,):
            raise ValueError(f"X has {items} features, but dimensions has shape {labels.shape}.")
        order = sort_dimensions(labels)
        return order, np.array([order.index(str(label)) for label in labels], dtype=np.int64)

    def item_weights(self, items: int) -> NDArray[np.float64]:
        """Return the expert weights of the items, summing to 1."""
        weights = np.ones(items) if self.weights is None else np.asarray(self.weights, dtype=np.float64)
        if weights.shape != (items,):
            raise ValueError(f"X has {items} features, but weights has shape {weights.shape}.")
        if not np.isfinite(weights).all() or (weights < 0).any() or weights.sum() <= 0:
            raise ValueError("weights must be finite, not negative, and not all zero.")
        return np.asarray(weights / weights.sum())

    def fill_units(self, items: int) -> NDArray[np.int64]:
        """Return the expert weights as whole units per stage, as the scorecard stores them."""
        return quantise_units(self.item_weights(items), self.item_levels(items))

    def _check_missing(self) -> None:
        if self.missing not in ("prorata", "zero"):
            raise ValueError(f'missing must be "prorata" or "zero", not {self.missing!r}.')

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return tags
