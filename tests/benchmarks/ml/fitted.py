"""A small instrument in the product's shape, a generated sample and the model fitted to it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from benchmarks.ml import AnswerEncoder, MonotoneOrdinalClassifier, Scorecard
from benchmarks.ml.synthetic_population import Profiles, SyntheticPopulation, list_stages

LEVELS = np.array([4, 100, 2, 5, 4, 4, 2, 4, 5, 4, 4, 4])
DIMENSIONS = np.array(["D1", "D1", "D1", "D2", "D2", "D2", "D10", "D10", "D10", "D3", "D3", "D3"])
WEIGHTS = np.array([2.0, 1, 1, 3, 2, 1, 1, 1, 2, 1, 2, 1])
MIX = (300, 60, 60, 15)


@lru_cache
def sample() -> Profiles:
    """Rows of a generated world."""
    return SyntheticPopulation(LEVELS, DIMENSIONS, WEIGHTS, 7).draw(MIX, 1)


@lru_cache
def encoder() -> AnswerEncoder:
    """The encoder of the small instrument."""
    return AnswerEncoder(LEVELS, DIMENSIONS, WEIGHTS)


@lru_cache
def classifier() -> MonotoneOrdinalClassifier:
    """The model fitted to the sample."""
    return MonotoneOrdinalClassifier(anchor=WEIGHTS).fit(encoder().transform(sample().X), sample().tier)


@lru_cache
def scorecard() -> Scorecard:
    """The scorecard of the model."""
    return Scorecard.from_estimator(classifier(), encoder(), measurement_error=4.0)


def random_stages(n: int, seed: int, missing: float = 0.1, absent: float = 0.1) -> NDArray[np.int8]:
    """Random rows of reachable stages with holes; one row in twenty has a dimension without any answer."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.choice(list_stages(int(level)), n) for level in LEVELS]).astype(np.int8)
    lot = rng.random(X.shape)
    X[lot < missing] = -1
    X[lot > 1 - absent] = -2
    for row in range(0, n, 20):
        X[row, rng.choice(["D1", "D2", "D3", "D10"]) == DIMENSIONS] = rng.choice([-1, -2])
    return X
