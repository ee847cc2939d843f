"""What a scorecard says about rows: scores, intervals, how much was answered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class StoredScores:
    """Scores as they are stored: hundredths of a point (int32), ten-thousandths of a probability (int32)."""

    readiness: NDArray[np.int32]
    dimensions: NDArray[np.int32]
    exceed: NDArray[np.int32]


@dataclass(frozen=True)
class Scores:
    """Readiness (n,) and dimensions (n, D) in 0..100, and exceed (n, K-1): P(tier >= k) for k = 1..K-1."""

    readiness: Floats
    dimensions: Floats
    exceed: Floats

    def stored(self) -> StoredScores:
        """Return the scores as whole numbers. Rounding keeps every order."""
        parts = (100 * self.readiness, 100 * self.dimensions, 10_000 * self.exceed)
        return StoredScores(*(np.rint(part).astype(np.int32) for part in parts))


@dataclass(frozen=True)
class Interval:
    """Ends of an interval; scalars for one vector of stages, else arrays."""

    low: Floats
    high: Floats


@dataclass(frozen=True)
class Coverage:
    """Extent of the answers, as shares of expert weight, and whether a tier may be stated.

    ``answered`` and ``not_applicable`` (n,) are shares of the whole, ``dimensions`` (n, D) of each dimension.
    """

    answered: Floats
    dimensions: Floats
    not_applicable: Floats
    tier_allowed: NDArray[np.bool_]
