"""The penalised maximum of the likelihood: Newton steps on a bounded, convex problem inside an EM for the lapse.

The penalty pulls the coefficients towards a multiple ``s`` of the anchor ``a``, and ``s >= 0`` is free:

    (alpha / 2) * sum_j (beta_j - s a_j)^2 / a_j,   least at  s = sum(beta) / sum(a)

so that a large alpha gives the expert index, and alpha = 0 plain maximum likelihood. With the lapse held fixed the
completed likelihood is convex, and its bounded minimum unique for alpha > 0. The EM around it climbs from one fixed
start, hence the same data give the same fit; the whole problem is not convex.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve, cholesky, solve_triangular
from scipy.optimize import nnls

from benchmarks.ml.likelihood import (
    LAPSE_PRIOR,
    Matrix,
    Sample,
    Vector,
    curvature,
    lapse_share,
    row_log_likelihood,
)

# A whisper against an endless slope where the sample separates its classes completely.
SCALE_RIDGE = 1e-3
JITTER = 1e-10
START_LAPSE = 0.1
SUFFICIENT_DECREASE = 1e-4


@dataclass(frozen=True)
class Problem:
    """What is minimised: a sample, the strength and target of the pull, and which constraints hold."""

    sample: Sample
    alpha: float
    anchor: Vector
    lapse: bool
    nonnegative: bool

    def penalty(self) -> Matrix:
        """Return the matrix Q of the penalty ``beta' Q beta / 2``, with the scale s at its best."""
        total = self.anchor.sum()
        items = len(self.anchor)
        pull = np.diag(1 / self.anchor) - np.full((items, items), 1 / total)
        whisper = SCALE_RIDGE / total**2 if self.alpha > 0 else 0.0
        return self.alpha * pull + whisper

    def objective(self, beta: Vector, thresholds: Vector, lapse: float, penalty: Matrix) -> float:
        """Return the penalised negative log-likelihood, infinite where thresholds are out of order."""
        if (np.diff(thresholds) <= 0).any():
            return np.inf
        value = -self.sample.weight @ row_log_likelihood(self.sample, beta, thresholds, lapse)
        value += beta @ penalty @ beta / 2
        if lapse > 0:
            a, b = LAPSE_PRIOR
            value -= (a - 1) * np.log(lapse) + (b - 1) * np.log1p(-lapse)
        return float(value)


@dataclass(frozen=True)
class Optimum:
    """A stationary point: parameters, lapse, the covariance of (beta, t), and how it was reached.

    ``residual`` is the largest violation of the optimality conditions, per row.
    """

    beta: Vector
    thresholds: Vector
    lapse: float
    covariance: Matrix
    log_likelihood: float
    iterations: int
    residual: float


def starting_thresholds(sample: Sample) -> Vector:
    """Return the logits of the class shares: the maximum for beta = 0."""
    share = np.bincount(sample.y, sample.weight, minlength=sample.classes)
    below = np.cumsum(share)[:-1] / share.sum()
    return np.asarray(np.log(below) - np.log1p(-below))


def newton_target(hessian: Matrix, gradient: Vector, beta: Vector, *, nonnegative: bool) -> Vector:
    """Return the step to the minimum of the quadratic model, respecting beta >= 0 exactly.

    The thresholds are free and are eliminated first; what is left is a non-negative least-squares problem.
    """
    size = len(gradient)
    items = len(beta)
    jitter = JITTER * max(1.0, float(np.trace(hessian)) / size)
    regular = hessian + jitter * np.eye(size)
    if not nonnegative:
        return np.asarray(-cho_solve(cho_factor(regular), gradient))
    cut = cho_factor(regular[items:, items:])
    cross = regular[:items, items:]
    reduced = regular[:items, :items] - cross @ cho_solve(cut, cross.T)
    slope = gradient[:items] - cross @ cho_solve(cut, gradient[items:])
    factor = cholesky((reduced + reduced.T) / 2, lower=True)
    target, _ = nnls(factor.T, solve_triangular(factor, reduced @ beta - slope, lower=True))
    step = target - beta
    return np.concatenate((step, -cho_solve(cut, gradient[items:] + cross.T @ step)))


def minimise(problem: Problem, *, tolerance: float, limit: int) -> Optimum:
    """Fit from the fixed start; stop when the residual is at most the tolerance, or at the limit of steps."""
    sample, items = problem.sample, len(problem.anchor)
    penalty = problem.penalty()
    beta, thresholds = np.zeros(items), starting_thresholds(sample)
    lapse = START_LAPSE if problem.lapse else 0.0
    mass = sample.weight.sum()
    a, b = LAPSE_PRIOR
    value = problem.objective(beta, thresholds, lapse, penalty)
    residual = np.inf
    iteration = 0
    for iteration in range(1, limit + 1):
        shape = curvature(sample, beta, thresholds, lapse, observed=False)
        gradient, hessian = shape.gradient, shape.hessian
        gradient[:items] += penalty @ beta
        hessian[:items, :items] += penalty
        fresh = lapse
        if problem.lapse:
            expected = float(sample.weight @ lapse_share(sample, beta, thresholds, lapse))
            fresh = (expected + a - 1) / (mass + a + b - 2)
        residual = max(
            stationarity(gradient, beta, mass, nonnegative=problem.nonnegative), abs(fresh - lapse)
        )
        if residual <= tolerance:
            break
        step = newton_target(hessian, gradient, beta, nonnegative=problem.nonnegative)
        slope, length = float(gradient @ step), 1.0
        while length > 1e-10:
            trial = beta + length * step[:items], thresholds + length * step[items:]
            trial_value = problem.objective(*trial, lapse, penalty)
            if trial_value <= value + SUFFICIENT_DECREASE * length * slope + 1e-12 * abs(value):
                beta, thresholds = trial
                break
            length /= 2
        if problem.lapse:
            expected = float(sample.weight @ lapse_share(sample, beta, thresholds, lapse))
            lapse = (expected + a - 1) / (mass + a + b - 2)
        value = problem.objective(beta, thresholds, lapse, penalty)
    beta = np.where(np.abs(beta) < 1e-12, 0.0, beta)
    likelihood = float(sample.weight @ row_log_likelihood(sample, beta, thresholds, lapse))
    return Optimum(
        beta, thresholds, lapse, laplace(problem, beta, thresholds, lapse), likelihood, iteration, residual
    )


def stationarity(gradient: Vector, beta: Vector, mass: float, *, nonnegative: bool) -> float:
    """Return the largest violation of the optimality conditions per unit of weight."""
    on_bound = np.zeros(len(gradient), dtype=bool)
    if nonnegative:
        on_bound[: len(beta)] = beta <= 0
    return float(np.abs(np.where(on_bound, np.minimum(gradient, 0), gradient)).max() / mass)


def laplace(problem: Problem, beta: Vector, thresholds: Vector, lapse: float) -> Matrix:
    """Return the inverse curvature of the penalised likelihood in (beta, t): the Laplace covariance.

    Where the observed curvature is not positive definite, that of the completed likelihood stands in.
    """
    items = len(beta)
    for observed in (True, False):
        hessian = curvature(problem.sample, beta, thresholds, lapse, observed=observed).hessian
        hessian[:items, :items] += problem.penalty()
        try:
            inverse = cho_solve(cho_factor(hessian), np.eye(len(hessian)))
        except LinAlgError:
            continue
        return (inverse + inverse.T) / 2
    return np.asarray(np.linalg.pinv(hessian, hermitian=True))
