"""The penalised maximum of the likelihood: bounded Newton steps inside an EM for the lapse.

The penalty pulls the coefficients towards a multiple ``s`` of the anchor ``a``, and ``s >= 0`` is free:

    (alpha / 2) * sum_j (beta_j - s a_j)^2 / a_j,   least at  s = sum(beta) / sum(a)

so that a large alpha gives the expert index, and alpha = 0 plain maximum likelihood. With the lapse held
fixed the completed likelihood is convex, and its bounded minimum unique for alpha > 0. The EM around it
climbs from one fixed start, hence the same data give the same fit; the whole problem is not convex.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve, cholesky, solve_triangular
from scipy.optimize import nnls

from benchmarks.ml.likelihood import (
    LAPSE_PRIOR,
    Curvature,
    FitSample,
    Matrix,
    Vector,
    compute_curvature,
    compute_lapse_curvature,
    compute_lapse_share,
    compute_row_log_likelihood,
)

# A whisper against an endless slope where the sample separates its classes completely.
SCALE_RIDGE = 1e-3
JITTER = 1e-10
START_LAPSE = 0.1
SUFFICIENT_DECREASE = 1e-4
SHORTEST_STEP = 1e-10
NEAR = 1e-2


@dataclass(frozen=True)
class FitProblem:
    """Problem to minimise: a sample, the strength and target of the pull, and which constraints hold."""

    sample: FitSample
    alpha: float
    anchor: Vector
    lapse: bool
    nonnegative: bool

    def build_penalty(self) -> Matrix:
        """Return the matrix Q of the penalty ``beta' Q beta / 2``, with the scale s at its best."""
        total = self.anchor.sum()
        items = len(self.anchor)
        pull = np.diag(1 / self.anchor) - np.full((items, items), 1 / total)
        whisper = SCALE_RIDGE / total**2 if self.alpha > 0 else 0.0
        return np.asarray(self.alpha * pull + whisper)

    def compute_objective(self, beta: Vector, thresholds: Vector, lapse: float, penalty: Matrix) -> float:
        """Return the penalised negative log-likelihood, infinite where thresholds are out of order."""
        if (np.diff(thresholds) <= 0).any():
            return np.inf
        value = -self.sample.weight @ compute_row_log_likelihood(self.sample, beta, thresholds, lapse)
        value += beta @ penalty @ beta / 2
        if lapse > 0:
            a, b = LAPSE_PRIOR
            value -= (a - 1) * np.log(lapse) + (b - 1) * np.log1p(-lapse)
        return float(value)


@dataclass(frozen=True)
class Optimum:
    """A stationary point: parameters, lapse, the covariance of (beta, t, lapse), and how it was reached.

    ``residual`` is the largest violation of the optimality conditions, per row.
    """

    beta: Vector
    thresholds: Vector
    lapse: float
    covariance: Matrix
    log_likelihood: float
    iterations: int
    residual: float


def compute_starting_thresholds(sample: FitSample) -> Vector:
    """Return the logits of the class shares: the maximum for beta = 0."""
    share = np.bincount(sample.y, sample.weight, minlength=sample.classes)
    below = np.cumsum(share)[:-1] / share.sum()
    return np.asarray(np.log(below) - np.log1p(-below))


def compute_newton_step(hessian: Matrix, gradient: Vector, beta: Vector, *, nonnegative: bool) -> Vector:
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


@dataclass(frozen=True)
class Point:
    """Point at which the search stands."""

    beta: Vector
    thresholds: Vector
    lapse: float
    value: float


def minimise(problem: FitProblem, *, tolerance: float, limit: int) -> Optimum:
    """Fit from the fixed start; stop when the residual is at most the tolerance, or at the limit of steps."""
    sample, items = problem.sample, len(problem.anchor)
    penalty = problem.build_penalty()
    beta, thresholds = np.zeros(items), compute_starting_thresholds(sample)
    lapse = START_LAPSE if problem.lapse else 0.0
    point = Point(beta, thresholds, lapse, problem.compute_objective(beta, thresholds, lapse, penalty))
    mass = float(sample.weight.sum())
    residual = np.inf
    iteration = 0
    while iteration < limit:
        iteration += 1
        shape = compute_curvature(sample, point.beta, point.thresholds, point.lapse, observed=False)
        shape.gradient[:items] += penalty @ point.beta
        shape.hessian[:items, :items] += penalty
        residual = compute_stationarity(shape.gradient, point.beta, mass, nonnegative=problem.nonnegative)
        if problem.lapse:
            residual = max(residual, abs(compute_expected_lapse(problem, point) - point.lapse))
        if residual <= tolerance:
            break
        near = problem.lapse and residual < NEAR
        point = (near and take_newton_step(problem, point, penalty)) or take_em_step(
            problem, point, penalty, shape
        )
    beta = np.where(np.abs(point.beta) < 1e-12, 0.0, point.beta)
    likelihood = float(
        sample.weight @ compute_row_log_likelihood(sample, beta, point.thresholds, point.lapse)
    )
    covariance = compute_laplace_covariance(problem, point)
    return Optimum(beta, point.thresholds, point.lapse, covariance, likelihood, iteration, residual)


def compute_expected_lapse(problem: FitProblem, point: Point) -> float:
    """Return the most probable lapse given each row's probability of being one: the EM step."""
    sample, (a, b) = problem.sample, LAPSE_PRIOR
    lapsed = float(sample.weight @ compute_lapse_share(sample, point.beta, point.thresholds, point.lapse))
    return (lapsed + a - 1) / (float(sample.weight.sum()) + a + b - 2)


def take_em_step(problem: FitProblem, point: Point, penalty: Matrix, shape: Curvature) -> Point:
    """Return the point after one EM step: a damped Newton step in (beta, t), then the lapse."""
    items = len(point.beta)
    step = compute_newton_step(shape.hessian, shape.gradient, point.beta, nonnegative=problem.nonnegative)
    slope, length, moved = float(shape.gradient @ step), 1.0, point
    while length > SHORTEST_STEP:
        beta = point.beta + length * step[:items]
        thresholds = point.thresholds + length * step[items:]
        value = problem.compute_objective(beta, thresholds, point.lapse, penalty)
        # Close to the optimum the fall drowns in rounding; the tiny allowance keeps the full step.
        if value <= point.value + SUFFICIENT_DECREASE * length * slope + 1e-12 * abs(point.value):
            moved = Point(beta, thresholds, point.lapse, value)
            break
        length /= 2
    if not problem.lapse:
        return moved
    lapse = compute_expected_lapse(problem, moved)
    value = problem.compute_objective(moved.beta, moved.thresholds, lapse, penalty)
    return Point(moved.beta, moved.thresholds, lapse, value)


def take_newton_step(problem: FitProblem, point: Point, penalty: Matrix) -> Point | None:
    """Return the point after a Newton step in all free parameters and the lapse; None where it does not help.

    The EM alone creeps when the lapse is poorly identified; near the optimum this step needs no creeping.
    """
    items = len(point.beta)
    whole = compute_joint_curvature(problem, point, penalty)
    free = np.ones(len(whole.gradient), dtype=bool)
    if problem.nonnegative:
        free[:items] = (point.beta > 0) | (whole.gradient[:items] < 0)
    step = np.zeros(len(free))
    try:
        step[free] = -cho_solve(cho_factor(whole.hessian[np.ix_(free, free)]), whole.gradient[free])
    except LinAlgError:
        return None
    beta, lapse = point.beta + step[:items], point.lapse + float(step[-1])
    thresholds = point.thresholds + step[items:-1]
    if (problem.nonnegative and (beta < 0).any()) or not 0 < lapse < 1:
        return None
    value = problem.compute_objective(beta, thresholds, lapse, penalty)
    return Point(beta, thresholds, lapse, value) if value <= point.value + 1e-12 * abs(point.value) else None


def compute_joint_curvature(problem: FitProblem, point: Point, penalty: Matrix) -> Curvature:
    """Return gradient and Hessian of the objective in (beta, t, lapse), or (beta, t) without a lapse."""
    items = len(point.beta)
    shape = compute_curvature(problem.sample, point.beta, point.thresholds, point.lapse, observed=True)
    shape.gradient[:items] += penalty @ point.beta
    shape.hessian[:items, :items] += penalty
    if not problem.lapse:
        return shape
    return compute_lapse_curvature(problem.sample, point.beta, point.thresholds, point.lapse, shape)


def compute_stationarity(gradient: Vector, beta: Vector, mass: float, *, nonnegative: bool) -> float:
    """Return the largest violation of the optimality conditions per unit of weight."""
    on_bound = np.zeros(len(gradient), dtype=bool)
    if nonnegative:
        on_bound[: len(beta)] = beta <= 0
    return float(np.abs(np.where(on_bound, np.minimum(gradient, 0), gradient)).max() / mass)


def compute_laplace_covariance(problem: FitProblem, point: Point) -> Matrix:
    """Return the inverse curvature of the objective: the Laplace covariance of (beta, t, lapse).

    Without a lapse its row and column are zero. Coefficients on their bound keep the spread that the
    penalty and the data leave them, since another sample would have freed them. Where the curvature is not
    positive definite its pseudo-inverse is taken.
    """
    hessian = compute_joint_curvature(problem, point, problem.build_penalty()).hessian
    try:
        inverse = cho_solve(cho_factor(hessian), np.eye(len(hessian)))
    except LinAlgError:
        inverse = np.asarray(np.linalg.pinv(hessian, hermitian=True), dtype=np.float64)
    inverse = (inverse + inverse.T) / 2
    return inverse if problem.lapse else np.pad(inverse, (0, 1))
