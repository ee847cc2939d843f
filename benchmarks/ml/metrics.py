"""Figures of merit for ordered tiers, as product conventions define them.

``exceed`` is always P(tier >= k), shape (n, K-1); ``tier`` holds tier numbers 0..K-1, shape (n,).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.metrics import cohen_kappa_score

from benchmarks.ml.likelihood import Matrix, Vector

BINS = 15
SMALLEST_PROBABILITY = 1e-12

Tiers = NDArray[np.int64]


@dataclass(frozen=True)
class CalibrationBin:
    """One bin of P(tier >= k): how many rows, the mean forecast and the share that reached the tier."""

    tier: int
    n: int
    forecast: float
    observed: float


def compute_reached(tier: Tiers, cuts: int) -> Matrix:
    """Return 1[tier >= k] for k = 1..cuts, shape (n, cuts)."""
    return (tier[:, None] >= np.arange(1, cuts + 1)).astype(np.float64)


def compute_class_probabilities(exceed: Matrix) -> Matrix:
    """Return P(tier = k), shape (n, K)."""
    n = len(exceed)
    return -np.diff(np.hstack((np.ones((n, 1)), exceed, np.zeros((n, 1)))))


def compute_median_tier(exceed: Matrix) -> Tiers:
    """Return the posterior median tier."""
    return np.asarray((exceed >= 0.5).sum(axis=1))


def compute_row_ranked_probability_scores(exceed: Matrix, tier: Tiers) -> Vector:
    """Return the ranked probability score of each row: the mean squared error of P(tier >= k) over k."""
    return np.asarray(((exceed - compute_reached(tier, exceed.shape[1])) ** 2).mean(axis=1))


def compute_row_log_losses(exceed: Matrix, tier: Tiers) -> Vector:
    """Return minus the log-probability of each row's tier."""
    probability = compute_class_probabilities(exceed)[np.arange(len(tier)), tier]
    return np.asarray(-np.log(np.maximum(probability, SMALLEST_PROBABILITY)))


def compute_quadratic_kappa(predicted: Tiers, tier: Tiers, classes: int) -> float:
    """Return Cohen's kappa with quadratic weights (Cohen 1968)."""
    # Where all rows are of one tier, predicted as such, kappa is 0/0: perfect agreement counts as 1.
    if np.array_equal(predicted, tier):
        return 1.0
    return float(cohen_kappa_score(tier, predicted, labels=np.arange(classes), weights="quadratic"))


def build_calibration_table(exceed: Matrix, tier: Tiers, bins: int = BINS) -> list[CalibrationBin]:
    """Return the calibration of every P(tier >= k) over bins of equal count."""
    happened = compute_reached(tier, exceed.shape[1])
    table: list[CalibrationBin] = []
    for k in range(exceed.shape[1]):
        order = np.argsort(exceed[:, k], kind="stable")
        table += [
            CalibrationBin(k + 1, len(rows), float(exceed[rows, k].mean()), float(happened[rows, k].mean()))
            for rows in np.array_split(order, min(bins, len(order)))
        ]
    return table


def compute_calibration_errors(exceed: Matrix, tier: Tiers, bins: int = BINS) -> Vector:
    """Return the expected calibration error of each P(tier >= k), shape (K-1,)."""
    table = build_calibration_table(exceed, tier, bins)
    errors = np.zeros(exceed.shape[1])
    for row in table:
        errors[row.tier - 1] += row.n * abs(row.forecast - row.observed) / len(tier)
    return errors


def compute_rank_correlation(score: Vector, truth: Vector) -> float:
    """Return Spearman's rank correlation."""
    return float(spearmanr(score, truth).statistic)


def compute_conformal_thresholds(probability: Matrix, tier: Tiers, level: float = 0.9) -> Vector:
    """Return, per class, the probability from which a class enters its prediction set.

    Class-wise split conformal (Vovk 2012): a class's threshold is a low order statistic of the probability
    that held-out rows of that class gave it. With n rows of a class, ``level`` needs ``n >= level / (1 -
    level)``; below that the class is always in the set.
    """
    thresholds = np.zeros(probability.shape[1])
    for k in range(len(thresholds)):
        own = np.sort(probability[tier == k, k])
        rank = int(np.floor((len(own) + 1) * (1 - level) + 1e-9))
        thresholds[k] = own[rank - 1] if rank >= 1 else 0.0
    return thresholds


def compute_class_coverage(probability: Matrix, tier: Tiers, thresholds: Vector) -> Vector:
    """Return, per class, the share of rows whose prediction set holds their class."""
    inside = probability[np.arange(len(tier)), tier] >= thresholds[tier]
    return np.array([inside[tier == k].mean() for k in range(probability.shape[1])])
