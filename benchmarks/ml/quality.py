"""Answers given without reading the questions: the same position all along, or any position at all.

Nothing here detects flattering answers. A company that rates itself too high everywhere looks like a good
company; from answers alone the two cannot be told apart, and a flag for "too good" would hit honest good
companies. That takes evidence and the visit on site.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.utils.validation import check_is_fitted, validate_data

# Stages beyond five are read as fifths, so that every category is seen often enough.
COARSEST = 5
# Weight, in companies, of the whole sample in the shares of a group.
SMOOTHING = 5.0

Floats = NDArray[np.float64]
Categories = NDArray[np.int64]


class ResponseQuality(OutlierMixin, BaseEstimator):  # type: ignore[misc]
    """Scores of straight-lining and of random answering.

    Both are log-likelihood ratios per answered item, in nats: a careless pattern against usual answers of
    companies of the same overall level. Usual answers are category shares per item within groups of equal
    overall level, so that a beginner's many zeros are usual and earn no flag. Straight-lining keeps one
    position on every scale and rarely leaves it; random answering takes every category equally often (the
    likelihood form of the person-fit statistics of Drasgow, Levine and Williams, 1985).

    Parameters
    ----------
    levels : array-like of int, shape (J,), default=None
        Highest stage of each item. None takes the highest seen in ``fit``.
    groups : int, default=6
        Number of groups of overall level.
    adherence : float, default=0.9
        Share of items on which a straight-liner keeps the position.
    limit : float, default=3.0
        Robust standard deviations above the median at which ``predict`` flags.

    Attributes
    ----------
    levels_ : ndarray of int64, shape (J,)
    edges_ : ndarray of float64, shape (groups - 1,)
        Overall levels, 0 to 1, between the groups.
    shares_ : ndarray of float64, shape (groups, J, categories)
        Usual share of each category.
    limits_ : ndarray of float64, shape (2,)
        Scores above which ``predict`` flags.
    """

    def __init__(
        self,
        levels: ArrayLike | None = None,
        groups: int = 6,
        adherence: float = 0.9,
        limit: float = 3.0,
    ) -> None:
        self.levels = levels
        self.groups = groups
        self.adherence = adherence
        self.limit = limit

    def fit(self, X: ArrayLike, y: ArrayLike | None = None) -> ResponseQuality:
        """Learn what is usual from stages X (n, J), negative for holes; careless rows may be among them."""
        stages = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
        levels = stages.max(axis=0) if self.levels is None else np.asarray(self.levels)
        if levels.shape != (stages.shape[1],):
            raise ValueError(f"X has {stages.shape[1]} features, but levels has shape {levels.shape}.")
        self.levels_: NDArray[np.int64] = np.maximum(levels, 1).astype(np.int64)
        self.coarse_: NDArray[np.int64] = np.minimum(self.levels_, COARSEST)
        overall = self._compute_overall(stages)
        self.edges_: Floats = np.quantile(overall, np.linspace(0, 1, self.groups + 1)[1:-1])
        group = np.searchsorted(self.edges_, overall, side="right")
        self.shares_: Floats = self._compute_usual_shares(self._categorise_stages(stages), group)
        scores = self.score_samples(stages)
        median = np.median(scores, axis=0)
        spread = 1.4826 * np.median(np.abs(scores - median), axis=0)
        self.limits_: Floats = median + self.limit * spread
        return self

    def score_samples(self, X: ArrayLike) -> Floats:
        """Return scores (n, 2): straight-lining, random answering. Higher is worse; above 0 speaks for it."""
        check_is_fitted(self, "shares_")
        stages = validate_data(self, X, dtype=np.float64, reset=False)
        categories = self._categorise_stages(stages)
        answered = categories >= 0
        counts = np.maximum(answered.sum(axis=1), 1)
        group = np.searchsorted(self.edges_, self._compute_overall(stages), side="right")
        items = np.arange(stages.shape[1])
        usual = np.log(self.shares_[group[:, None], items, np.maximum(categories, 0)])
        chance = -np.log(self.coarse_ + 1.0)
        random = (np.where(answered, chance - usual, 0)).sum(axis=1) / counts
        return np.column_stack([self._compute_straightness(categories, usual) / counts, random])

    def predict(self, X: ArrayLike) -> NDArray[np.int64]:
        """Return -1 for rows that either score flags, else 1."""
        return np.where((self.score_samples(X) > self.limits_).any(axis=1), -1, 1)

    def _compute_straightness(self, categories: Categories, usual: Floats) -> Floats:
        """Return the best log-likelihood ratio over all positions a straight-liner may keep."""
        answered = categories >= 0
        off = np.log((1 - self.adherence) / np.maximum(self.coarse_, 1))
        best = np.full(len(categories), -np.inf)
        for kept in self._list_positions():
            likelihood = np.where(categories == kept, np.log(self.adherence), off)
            best = np.maximum(best, np.where(answered, likelihood - usual, 0).sum(axis=1))
        return best

    def _list_positions(self) -> list[Categories]:
        """Return for each position the category it means per item: same share of the scale, or same stage."""
        common = int(np.bincount(self.coarse_).argmax())
        kept = []
        for stage in range(common + 1):
            kept.append(np.floor(stage / common * self.coarse_ + 0.5).astype(np.int64))
            kept.append(np.minimum(stage, self.coarse_))
        return [np.array(row) for row in dict.fromkeys(tuple(row.tolist()) for row in kept)]

    def _compute_overall(self, stages: Floats) -> Floats:
        answered = stages >= 0
        total = np.where(answered, stages / self.levels_, 0).sum(axis=1)
        return np.asarray(total / np.maximum(answered.sum(axis=1), 1))

    def _categorise_stages(self, stages: Floats) -> Categories:
        """Return stages as categories 0 to ``coarse_``, -1 for holes: long scales are read in five parts."""
        return np.where(
            stages < 0, -1, np.floor(np.minimum(stages / self.levels_, 1) * self.coarse_ + 0.5)
        ).astype(np.int64)

    def _compute_usual_shares(self, categories: Categories, group: NDArray[np.int64]) -> Floats:
        shares = np.empty((self.groups, categories.shape[1], COARSEST + 1))
        for j, coarse in enumerate(self.coarse_):
            seen = categories[:, j] >= 0
            whole = np.bincount(categories[seen, j], minlength=COARSEST + 1)[: COARSEST + 1] + 0.5
            whole[coarse + 1 :] = 1e-9
            for g in range(self.groups):
                rows = seen & (group == g)
                counts = np.bincount(categories[rows, j], minlength=COARSEST + 1)
                # A little of the whole sample's shares keeps rare categories possible in small groups.
                shares[g, j] = counts + SMOOTHING * whole / whole.sum()
        return np.asarray(shares / shares.sum(axis=2, keepdims=True))
