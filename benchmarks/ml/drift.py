"""Has the cohort moved away from the sample that the model was compared with?

Folklore limits (a population stability index above 0.2, say) raise false alarms in more than a third of
comparisons of fifty companies. Here every statistic is judged against what shuffling the two groups gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, check_random_state, validate_data

SMALLEST_COHORT = 20
DIMENSION_CUTS = 40
ALL_ITEMS = "all"


class Verdict(StrEnum):
    """Verdict of one comparison."""

    DRIFT = "drift"
    NONE_SHOWN = "none shown"
    TOO_FEW = "too few"


class Drift(NamedTuple):
    """One item, one dimension or the whole, compared between reference and cohort."""

    item: str
    """Name of the item or dimension; "all" is the mean over every item."""
    statistic: float
    """Kolmogorov-Smirnov distance between the two distributions, 0 to 1."""
    p_value: float
    """Adjusted for the number of comparisons in its family (items, or dimensions with the whole)."""
    n: int
    """Companies of the new cohort with an answer."""
    verdict: Verdict
    shift: float
    """Mean utility of the cohort minus that of the reference, in points of 100."""


class CohortDrift(BaseEstimator):  # type: ignore[misc]
    """Kolmogorov-Smirnov comparison per item and dimension, calibrated by permutation.

    Stages are discrete and answers of one company hang together, so neither the textbook p-value nor a
    Bonferroni factor fits. The two groups are shuffled; each statistic is standardised by its own shuffled
    mean and spread; the adjusted p-value is the share of shuffles whose largest standardised statistic
    reaches the observed one (Westfall and Young, 1993, single step). Chance of any false alarm in a family:
    at most ``alpha``.

    Parameters
    ----------
    dimensions : sequence of str, shape (J,), default=None
        Dimension of each item. None compares items and the whole alone.
    items : sequence of str, shape (J,), default=None
        Names used in the result. None numbers the items from 0.
    levels : array-like of int, shape (J,), default=None
        Highest stage of each item. None takes the highest seen in the reference.
    alpha : float, default=0.01
        Level at which the verdict says drift.
    permutations : int, default=999
        Number of shuffles.
    random_state : int, default=0
        Seed: the same two groups always give the same answer.

    Attributes
    ----------
    reference_ : ndarray of float64, shape (n, J)
        Stages of the reference.
    levels_ : ndarray of float64, shape (J,)
        Highest stages.
    """

    def __init__(
        self,
        dimensions: Sequence[str] | None = None,
        items: Sequence[str] | None = None,
        levels: ArrayLike | None = None,
        alpha: float = 0.01,
        permutations: int = 999,
        random_state: int | None = 0,
    ) -> None:
        self.dimensions = dimensions
        self.items = items
        self.levels = levels
        self.alpha = alpha
        self.permutations = permutations
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike | None = None) -> CohortDrift:
        """Keep the reference: stages (n, J), with -1 missing and -2 not applicable."""
        stages = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
        for name, labels in (("dimensions", self.dimensions), ("items", self.items), ("levels", self.levels)):
            if labels is not None and np.shape(labels) != (stages.shape[1],):
                raise ValueError(
                    f"X has {stages.shape[1]} features, but {name} has shape {np.shape(labels)}."
                )
        levels = stages.max(axis=0) if self.levels is None else np.asarray(self.levels, dtype=np.float64)
        self.reference_: NDArray[np.float64] = stages
        self.levels_: NDArray[np.float64] = np.maximum(levels, 1)
        return self

    def compare(self, X: ArrayLike) -> list[Drift]:
        """Compare the cohort X (m, J) with the reference: the whole, then dimensions, then items.

        A comparison with fewer than 20 answers on either side is not judged: p-value 1, verdict "too few".
        """
        check_is_fitted(self, "reference_")
        cohort = validate_data(self, X, dtype=np.float64, reset=False)
        stages = np.vstack([self.reference_, cohort])
        is_new = np.arange(len(stages)) >= len(self.reference_)
        utilities = np.where(stages >= 0, stages / self.levels_, np.nan)
        item_names = [
            str(name) for name in (self.items if self.items is not None else range(stages.shape[1]))
        ]
        means, mean_names = self._compute_dimension_means(utilities)
        return [
            *self._compare_family(means, mean_names, is_new),
            *self._compare_family(utilities, item_names, is_new),
        ]

    def _compute_dimension_means(
        self, utilities: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], list[str]]:
        labels = np.asarray([] if self.dimensions is None else self.dimensions).astype(str)
        names = list(dict.fromkeys(labels.tolist()))
        groups = [np.ones(utilities.shape[1], dtype=bool), *(labels == name for name in names)]
        columns = []
        for group in groups:
            answered = np.isfinite(utilities[:, group])
            total = np.where(answered, utilities[:, group], 0).sum(axis=1)
            count = answered.sum(axis=1)
            columns.append(np.where(count > 0, total / np.maximum(count, 1), np.nan))
        return np.column_stack(columns), [ALL_ITEMS, *names]

    def _compare_family(
        self, values: NDArray[np.float64], names: Sequence[str], is_new: NDArray[np.bool_]
    ) -> list[Drift]:
        answered = np.isfinite(values)
        new_counts, old_counts = answered[is_new].sum(axis=0), answered[~is_new].sum(axis=0)
        judged = (new_counts >= SMALLEST_COHORT) & (old_counts >= SMALLEST_COHORT)
        cuts = [_choose_cuts(column[np.isfinite(column)]) for column in values.T]
        owner = np.repeat(np.arange(len(cuts)), [len(cut) for cut in cuts])
        starts = np.searchsorted(owner, np.arange(len(cuts)))
        at_most = np.column_stack(
            [column[:, None] <= cut for column, cut in zip(values.T, cuts, strict=True)]
        ).astype(np.float64)
        membership = self._shuffle_memberships(is_new)
        counts = membership @ answered.astype(np.float64)
        below = membership @ at_most
        all_counts, all_below = answered.sum(axis=0), at_most.sum(axis=0)
        distance = np.abs(
            below / np.maximum(counts, 1)[:, owner]
            - (all_below - below) / np.maximum(all_counts - counts, 1)[:, owner]
        )
        statistics = np.maximum.reduceat(distance, starts, axis=1)
        spread = statistics.std(axis=0)
        standardised = (statistics - statistics.mean(axis=0)) / np.where(spread > 0, spread, 1)
        standardised[:, ~judged | (spread == 0)] = -np.inf
        largest = standardised.max(axis=1)
        result = []
        for j, name in enumerate(names):
            # The observed split counts as one of the shuffles, so that no p-value is 0.
            p_value = float((largest >= standardised[0, j] - 1e-9).mean()) if judged[j] else 1.0
            verdict = Verdict.TOO_FEW if not judged[j] else Verdict.NONE_SHOWN
            if judged[j] and p_value <= self.alpha:
                verdict = Verdict.DRIFT
            shift = _compute_mean(values[is_new, j]) - _compute_mean(values[~is_new, j])
            result.append(
                Drift(name, float(statistics[0, j]), p_value, int(new_counts[j]), verdict, 100 * shift)
            )
        return result

    def _shuffle_memberships(self, is_new: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the observed split and its shuffles as rows of ones (new) and zeros."""
        random = check_random_state(self.random_state)
        rows = np.tile(is_new.astype(np.float64), (self.permutations + 1, 1))
        for row in rows[1:]:
            random.shuffle(row)
        return rows


def _choose_cuts(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the points of comparison: all values seen, or quantiles of them if there are many."""
    distinct = np.unique(values)
    if len(distinct) > DIMENSION_CUTS:
        distinct = np.unique(np.quantile(values, np.linspace(0, 1, DIMENSION_CUTS), method="inverted_cdf"))
    return distinct if len(distinct) else np.zeros(1)


def _compute_mean(values: NDArray[np.float64]) -> float:
    seen = values[np.isfinite(values)]
    return float(seen.mean()) if len(seen) else 0.0
