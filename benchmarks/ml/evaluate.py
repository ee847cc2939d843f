"""The figures of a release: how well the model does on rows it has not seen, and how that compares.

Every figure comes from held-out folds, with a 90 % bootstrap interval over rows. The yardstick is the plain
weighted index with the same link and lapse: if it does as well, the model card says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from sklearn.base import clone

from benchmarks.ml import metrics
from benchmarks.ml.encode import AnswerEncoder, Stages, Utilities
from benchmarks.ml.likelihood import Matrix, Vector
from benchmarks.ml.metrics import Tiers
from benchmarks.ml.ordinal import MonotoneOrdinalClassifier

FOLDS = 5
DRAWS = 300
HALVES = 50
WORLDS = 100
INTERVAL = (0.05, 0.95)

Figure = Callable[[Matrix, Tiers], float]

FIGURES: dict[str, Figure] = {
    "rps": lambda exceed, tier: float(metrics.compute_row_ranked_probability_scores(exceed, tier).mean()),
    "log_loss": lambda exceed, tier: float(metrics.compute_row_log_losses(exceed, tier).mean()),
    "kappa": lambda exceed, tier: metrics.compute_quadratic_kappa(
        metrics.compute_median_tier(exceed), tier, exceed.shape[1] + 1
    ),
}
CALIBRATION: dict[str, Figure] = {
    "calibration_error": lambda exceed, tier: float(metrics.compute_calibration_errors(exceed, tier).mean()),
    "calibration_error_top": lambda exceed, tier: float(metrics.compute_calibration_errors(exceed, tier)[-1]),
}


def compute_release_metrics(
    encoder: AnswerEncoder,
    classifier: MonotoneOrdinalClassifier,
    stages: Stages,
    tiers: Tiers,
    *,
    seed: int,
) -> dict[str, Any]:
    """Return the figures stored with a release, as plain JSON values.

    ``figures`` and ``index`` hold value, low and high of each figure for the model and for the weighted
    index (for calibration errors value and ``chance``, what a perfectly calibrated model would show on so
    few rows); ``rps_gain`` is the relative fall in RPS against the index, and ``index_does_as_well`` is
    true where its interval reaches 0. ``calibration`` has 15 bins of equal count per tier. ``overlap``
    describes readiness by tier. ``conformal`` holds, per tier, the probability from which the tier enters a
    90 % prediction set and the coverage on held-out folds. ``measurement_error`` is in points of readiness.
    """
    rng = np.random.default_rng(seed)
    utilities = encoder.transform(stages)
    numbers = np.searchsorted(classifier.classes_, tiers)
    weights = encoder.item_weights(stages.shape[1])
    index = (utilities @ weights)[:, None]
    fixed = clone(classifier).set_params(alpha=classifier.alpha_)
    exceed = predict_held_out(fixed, utilities, numbers, seed)
    index_exceed = predict_held_out(build_index_classifier(), index, numbers, seed)
    draws = [rng.integers(0, len(numbers), len(numbers)) for _ in range(DRAWS)]
    gain = bootstrap_figure(compute_rps_gain, (exceed, index_exceed, numbers), draws)
    readiness = 100 * classifier.latent(utilities) / max(float(classifier.coef_.sum()), 1e-12)
    return {
        "rows": len(numbers),
        "folds": FOLDS,
        "figures": compute_figures(exceed, numbers, draws, rng),
        "index": compute_figures(index_exceed, numbers, draws, rng),
        "rps_gain": gain,
        "index_does_as_well": gain["low"] <= 0,
        "calibration": [asdict(row) for row in metrics.build_calibration_table(exceed, numbers)],
        "overlap": compute_tier_overlap(readiness, numbers),
        "conformal": compute_conformal_figures(exceed, numbers),
        "measurement_error": round(estimate_measurement_error(classifier.coef_, utilities, rng), 4),
        "stationarity_residual": float(classifier.kkt_residual_),
        "lapse": float(classifier.lapse_),
    }


def build_index_classifier() -> MonotoneOrdinalClassifier:
    """Return the yardstick: one slope on the weighted index, thresholds and lapse, nothing to shrink."""
    return MonotoneOrdinalClassifier(alpha=0.0, lapse=True)


def iter_folds(tiers: Tiers, seed: int) -> Iterator[NDArray[np.bool_]]:
    """Yield the held-out rows of each fold; every tier is spread over the folds, as evenly as it goes."""
    rng = np.random.default_rng(seed)
    fold = np.empty(len(tiers), dtype=np.int64)
    for tier in np.unique(tiers):
        members = rng.permutation(np.flatnonzero(tiers == tier))
        fold[members] = np.arange(len(members)) % FOLDS
    for number in range(FOLDS):
        if (fold == number).any():
            yield fold == number


def predict_held_out(model: MonotoneOrdinalClassifier, U: Utilities, tiers: Tiers, seed: int) -> Matrix:
    """Return P(tier >= k) of every row from the fold that left it out, shape (n, K-1).

    A tier with a single row is missing from one fit; its probability there is that of the next lower cut's
    tail: 0.
    """
    cuts = int(tiers.max())
    exceed = np.zeros((len(tiers), cuts))
    for held_out in iter_folds(tiers, seed):
        fitted = clone(model).fit(U[~held_out], tiers[~held_out])
        seen = fitted.classes_[1:] - 1
        exceed[np.ix_(held_out, seen)] = fitted.exceed_proba(U[held_out])
    return exceed


def compute_rps_gain(exceed: Matrix, index_exceed: Matrix, tiers: Tiers) -> float:
    """Return the relative fall in RPS of the model against the index."""
    own = metrics.compute_row_ranked_probability_scores(exceed, tiers).mean()
    other = metrics.compute_row_ranked_probability_scores(index_exceed, tiers).mean()
    return float(1 - own / other)


def compute_figures(
    exceed: Matrix, tiers: Tiers, draws: list[NDArray[np.int64]], rng: Generator
) -> dict[str, dict[str, float]]:
    """Return every figure of P(tier >= k), with its interval or with its value by chance.

    A calibration error is never negative and grows with noise, so a bootstrap would only add to it.
    """
    result = {name: bootstrap_figure(figure, (exceed, tiers), draws) for name, figure in FIGURES.items()}
    worlds = [(rng.random((len(tiers), 1)) < exceed).sum(axis=1) for _ in range(WORLDS)]
    for name, figure in CALIBRATION.items():
        chance = np.mean([figure(exceed, world) for world in worlds])
        result[name] = {"value": round(figure(exceed, tiers), 6), "chance": round(float(chance), 6)}
    return result


def bootstrap_figure(
    figure: Callable[..., float], arrays: tuple[NDArray[Any], ...], draws: list[NDArray[np.int64]]
) -> dict[str, float]:
    """Return a figure with the ends of its 90 % bootstrap interval over rows."""
    values = [figure(*(array[rows] for array in arrays)) for rows in draws]
    low, high = np.quantile(values, INTERVAL)
    return {"value": round(figure(*arrays), 6), "low": round(float(low), 6), "high": round(float(high), 6)}


def compute_tier_overlap(readiness: Vector, tiers: Tiers) -> list[dict[str, float]]:
    """Return n, mean, spread and quartiles of readiness by tier, and the share of pairs in the wrong order.

    ``above_next`` is the probability that a row scores above a row of the next tier: 0 would be no overlap,
    .5 none but chance.
    """
    result = []
    for tier in np.unique(tiers):
        own, following = readiness[tiers == tier], readiness[tiers == tier + 1]
        q1, median, q3 = np.quantile(own, (0.25, 0.5, 0.75))
        row = {
            "tier": int(tier),
            "n": len(own),
            "mean": own.mean(),
            "sd": own.std(),
            "q1": q1,
            "median": median,
            "q3": q3,
        }
        if len(following):
            row["above_next"] = (own[:, None] > following).mean()
        result.append({name: round(float(value), 4) for name, value in row.items()})
    return result


def compute_conformal_figures(exceed: Matrix, tiers: Tiers) -> list[dict[str, float]]:
    """Return class-wise 90 % conformal thresholds from all held-out rows, and their coverage.

    Coverage is measured on the odd rows of a tier with thresholds from the even ones, and the other way
    round.
    """
    probability = metrics.compute_class_probabilities(exceed)
    thresholds = metrics.compute_conformal_thresholds(probability, tiers)
    half = np.zeros(len(tiers), dtype=bool)
    for tier in np.unique(tiers):
        half[np.flatnonzero(tiers == tier)[::2]] = True
    result = []
    for tier, threshold in enumerate(thresholds):
        own = tiers == tier
        inside = [
            probability[own & test, tier]
            >= metrics.compute_conformal_thresholds(probability[~test], tiers[~test])[tier]
            for test in (half, ~half)
        ]
        result.append(
            {
                "tier": tier,
                "n": int(own.sum()),
                "threshold": round(float(threshold), 6),
                "coverage": round(float(np.concatenate(inside).mean()), 4),
            }
        )
    return result


def estimate_measurement_error(coef: Vector, utilities: Utilities, rng: Generator) -> float:
    """Return the standard error of measurement of readiness, in points, from split-half reliability.

    Items are split at random many times; the two half-scores' correlation, stepped up (Spearman-Brown), is
    the reliability r, and the error is ``sd * sqrt(1 - r)``.
    """
    if not coef.sum():
        return 0.0
    earned = utilities * coef
    reliabilities = []
    for _ in range(HALVES):
        first = rng.permutation(len(coef)) < len(coef) // 2
        halves = earned[:, first].sum(axis=1), earned[:, ~first].sum(axis=1)
        if min(half.std() for half in halves) > 0:
            r = float(np.corrcoef(*halves)[0, 1])
            reliabilities.append(2 * r / (1 + r))
    if not reliabilities:
        return 0.0
    reliability = float(np.clip(np.mean(reliabilities), 0, 1))
    return float(100 * earned.sum(axis=1).std() / coef.sum() * np.sqrt(1 - reliability))
