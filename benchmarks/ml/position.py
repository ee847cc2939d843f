"""Where a company stands among the reference facilities of its sector and of one tier.

A percentile from a dozen facilities is a rough figure, so it never travels alone: it comes with an interval
and with the number of facilities, and is refused below ten.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import beta
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_array, check_consistent_length, check_is_fitted

FEWEST_FACILITIES = 10


class Position(NamedTuple):
    """A percentile with its uncertainty; all three figures from 0 to 100."""

    percentile: float
    """Share of the group that scores lower; a facility with the same score counts half."""
    low: float
    high: float
    n: int
    """Number of facilities in the group."""


class BenchmarkPosition(BaseEstimator):  # type: ignore[misc]
    """Percentile of a readiness score among reference facilities.

    The share below the score is estimated with a beta interval (Jeffreys prior; Brown, Cai and DasGupta,
    2001), which stays inside 0 to 100 and is honest for small groups: at the median of 12 facilities the 90 %
    interval runs from 28 to 72.

    Parameters
    ----------
    level : float, default=0.9
        Probability content of the interval.
    smallest_group : int, default=10
        Groups of fewer facilities give no position.

    Attributes
    ----------
    readiness_ : ndarray of float64, shape (n,)
        Readiness scores of the reference facilities, ascending.
    tier_ : ndarray of int64, shape (n,)
        Their tiers.
    sector_ : ndarray of str, shape (n,)
        Their sectors.
    """

    def __init__(self, level: float = 0.9, smallest_group: int = FEWEST_FACILITIES) -> None:
        self.level = level
        self.smallest_group = smallest_group

    def fit(self, readiness: ArrayLike, tier: ArrayLike, sector: ArrayLike) -> BenchmarkPosition:
        """Keep the readiness (n,), tier (n,) and sector (n,) of the reference facilities.

        Raises
        ------
        ValueError
            When the three differ in length, a score is not finite, or ``level`` is not between 0 and 1.
        """
        if not 0 < self.level < 1:
            raise ValueError(f"level must lie between 0 and 1, not {self.level!r}.")
        scores = check_array(readiness, ensure_2d=False, dtype=np.float64)
        tiers = np.asarray(tier, dtype=np.int64)
        sectors = np.asarray(sector).astype(str)
        check_consistent_length(scores, tiers, sectors)
        order = np.argsort(scores, kind="stable")
        self.readiness_: NDArray[np.float64] = scores[order]
        self.tier_: NDArray[np.int64] = tiers[order]
        self.sector_: NDArray[Any] = sectors[order]
        return self

    def position(
        self, readiness: float, tier: int | None = None, sector: str | None = None
    ) -> Position | None:
        """Return the position of one score in the group, or None when the group is too small to say.

        Parameters
        ----------
        readiness : float
            The company's readiness score, 0 to 100.
        tier : int or None
            Compare with facilities of this tier; None compares with all tiers.
        sector : str or None
            Compare with facilities of this sector; None compares with all sectors.
        """
        check_is_fitted(self, "readiness_")
        if not np.isfinite(readiness):
            raise ValueError("readiness must be a finite number.")
        group = np.ones(len(self.readiness_), dtype=bool)
        if tier is not None:
            group &= self.tier_ == tier
        if sector is not None:
            group &= self.sector_ == str(sector)
        scores = self.readiness_[group]
        n = len(scores)
        if n < max(self.smallest_group, 1):
            return None
        below = (np.searchsorted(scores, readiness, "left") + np.searchsorted(scores, readiness, "right")) / 2
        tail = (1 - self.level) / 2
        posterior = beta(below + 0.5, n - below + 0.5)
        # At the ends the equal-tailed interval would leave out the estimate itself.
        low = 0.0 if below == 0 else min(float(posterior.ppf(tail)), below / n)
        high = 1.0 if below == n else max(float(posterior.ppf(1 - tail)), below / n)
        return Position(percentile=100 * below / n, low=100 * low, high=100 * high, n=n)
