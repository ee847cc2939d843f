"""The likelihood of ordered tiers with a lapse, its gradient and its curvature.

With the latent ``eta = U beta`` and increasing thresholds ``t_1 < ... < t_{K-1}``,

    P(tier >= k) = (1 - lapse) * sigma(eta - t_k)

The lapse is the share of class 0 that sits there whatever its latent value: able factories that never
applied, and answers better than the truth. It can only make a row look like class 0, never the reverse.

For the logistic part (McCullagh 1980), with ``a = t_{y+1} - eta`` and ``b = t_y - eta``,

    log p = log sigma(a) + log sigma(-b) + log(1 - exp(b - a)),

where ``a - b`` depends on the class alone. That form loses no digits, and its terms are concave one by one
(Pratt 1981), so that the negative log-likelihood is convex in (beta, t).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_expit

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

# Beta(2, 10): a lapse of some ten per cent is expected; with 600 rows the data cannot tell it sharply.
LAPSE_PRIOR = (2.0, 10.0)


@dataclass(frozen=True)
class FitSample:
    """Rows to fit: utilities (n, J), class numbers 0..K-1 (n,), weights (n,)."""

    U: Matrix
    y: NDArray[np.int64]
    weight: Vector
    classes: int


@dataclass(frozen=True)
class Curvature:
    """Gradient and Hessian over (coefficients, thresholds), in that order."""

    gradient: Vector
    hessian: Matrix


def compute_bounds(sample: FitSample, beta: Vector, thresholds: Vector) -> tuple[Vector, Vector]:
    """Return the logits ``a`` (upper) and ``b`` (lower) of each row, infinite at the ends."""
    eta = sample.U @ beta
    padded = np.concatenate(([-np.inf], thresholds, [np.inf]))
    return padded[sample.y + 1] - eta, padded[sample.y] - eta


def compute_log_widths(thresholds: Vector) -> Vector:
    """Return log(1 - exp(-(t_{k+1} - t_k))) for each class, 0 for the open ends."""
    return np.concatenate(([0.0], np.log(-np.expm1(-np.diff(thresholds))), [0.0]))


def compute_row_log_likelihood(sample: FitSample, beta: Vector, thresholds: Vector, lapse: float) -> Vector:
    """Return the log-likelihood of each row, without weights."""
    a, b = compute_bounds(sample, beta, thresholds)
    log_p = log_expit(a) + log_expit(-b) + compute_log_widths(thresholds)[sample.y]
    if lapse > 0:
        inside = np.log1p(-lapse) + log_p
        log_p = np.where(sample.y == 0, np.logaddexp(np.log(lapse), inside), inside)
    return np.asarray(log_p)


def compute_lapse_share(sample: FitSample, beta: Vector, thresholds: Vector, lapse: float) -> Vector:
    """Return each row's probability of being a lapse: 0 outside class 0."""
    if lapse == 0:
        return np.zeros(len(sample.y))
    stays = expit(thresholds[0] - sample.U @ beta)
    return np.where(sample.y == 0, lapse / (lapse + (1 - lapse) * stays), 0.0)


def compute_curvature(
    sample: FitSample, beta: Vector, thresholds: Vector, lapse: float, *, observed: bool
) -> Curvature:
    """Return gradient and Hessian of the negative log-likelihood in (beta, t), the lapse held fixed.

    With ``observed`` the Hessian is that of the likelihood itself; otherwise that of the likelihood
    completed by the expected lapses, which is never indefinite and serves as the curvature of a Newton
    step.
    """
    a, b = compute_bounds(sample, beta, thresholds)
    upper, lower = expit(a), expit(b)
    share = compute_lapse_share(sample, beta, thresholds, lapse)
    weight = sample.weight * (1 - share)
    cuts = len(thresholds)
    gaps = np.diff(thresholds)
    first = 1 / np.expm1(gaps)
    second = -1 / (np.expm1(gaps) * -np.expm1(-gaps))

    pull_up, pull_down = weight * (1 - upper), weight * lower
    bend_up, bend_down = weight * upper * (1 - upper), weight * lower * (1 - lower)
    if observed:
        bend_up = bend_up - sample.weight * share * (1 - share) * (1 - upper) ** 2

    gradient_beta = sample.U.T @ (pull_up - pull_down)
    gradient_cut = np.zeros(cuts)
    cross = np.zeros((sample.U.shape[1], cuts))
    cut = np.zeros((cuts, cuts))
    for k in range(sample.classes):
        rows = sample.y == k
        U, total = sample.U[rows], weight[rows].sum()
        if k < cuts:
            gradient_cut[k] -= pull_up[rows].sum()
            cross[:, k] -= U.T @ bend_up[rows]
            cut[k, k] += bend_up[rows].sum()
        if k > 0:
            gradient_cut[k - 1] += pull_down[rows].sum()
            cross[:, k - 1] -= U.T @ bend_down[rows]
            cut[k - 1, k - 1] += bend_down[rows].sum()
        if 0 < k < cuts:
            gradient_cut[k] -= total * first[k - 1]
            gradient_cut[k - 1] += total * first[k - 1]
            bend = total * second[k - 1]
            cut[k, k] -= bend
            cut[k - 1, k - 1] -= bend
            cut[k, k - 1] += bend
            cut[k - 1, k] += bend
    main = (sample.U * (bend_up + bend_down)[:, None]).T @ sample.U
    return Curvature(np.concatenate((gradient_beta, gradient_cut)), np.block([[main, cross], [cross.T, cut]]))


def compute_lapse_curvature(
    sample: FitSample, beta: Vector, thresholds: Vector, lapse: float, shape: Curvature
) -> Curvature:
    """Return gradient and Hessian over (beta, t, lapse), the prior of the lapse included.

    ``shape`` is the observed curvature over (beta, t) at the same point.
    """
    first = sample.y == 0
    stays = expit(thresholds[0] - sample.U @ beta)
    total = lapse + (1 - lapse) * stays
    a, b = LAPSE_PRIOR
    weight = sample.weight * first
    above = sample.weight[~first].sum() + b - 1
    slope = above / (1 - lapse) - weight @ ((1 - stays) / total) - (a - 1) / lapse
    bend = above / (1 - lapse) ** 2 + weight @ ((1 - stays) / total) ** 2 + (a - 1) / lapse**2
    turn = weight * stays * (1 - stays) / total**2
    cross = np.zeros((len(shape.gradient), 1))
    cross[: len(beta), 0] = -(sample.U.T @ turn)
    cross[len(beta), 0] = turn.sum()
    return Curvature(
        np.append(shape.gradient, slope), np.block([[shape.hessian, cross], [cross.T, np.array([[bend]])]])
    )
