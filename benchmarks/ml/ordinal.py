"""The tier model: anchored, monotone proportional odds with a lapse."""

from __future__ import annotations

import warnings
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from benchmarks.ml.likelihood import FitSample, Matrix, Vector, compute_row_log_likelihood
from benchmarks.ml.optimum import FitProblem, Optimum, minimise

ALPHAS = (1.0, 3.0, 10.0, 30.0)
FOLDS = 5


class MonotoneOrdinalClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Proportional odds with coefficients that are never negative, drawn to an expert anchor, and a lapse.

    ``P(y >= k) = (1 - lapse) * sigma(U coef - t_k)``. Because no coefficient is negative and the thresholds
    increase, a higher utility never lowers any of these probabilities, and they never cross.

    Parameters
    ----------
    alpha : float or "cv", default=3.0
        Strength of the pull to the anchor. "cv" chooses from 1, 3, 10 and 30 by the log-loss of five folds.
    anchor : array-like of float, shape (J,), default=None
        Expert weights, positive; their scale does not matter. None means equal weights.
    lapse : bool, default=True
        Whether a share of class 0 may sit there whatever its utilities.
    nonnegative : bool, default=True
        Whether coefficients are held at or above 0. With ``alpha=0, lapse=False, nonnegative=False`` this
        is the plain proportional-odds model.
    max_iter : int, default=1000
        Most steps of a fit.
    tol : float, default=1e-9
        Largest violation of the optimality conditions, per row, at which a fit stops.

    Attributes
    ----------
    classes_ : ndarray, shape (K,)
        The tiers, in increasing order.
    coef_ : ndarray, shape (J,)
    thresholds_ : ndarray, shape (K-1,)
    lapse_ : float
        Not identified well by a few hundred rows: never a "share of cheaters".
    covariance_ : ndarray, shape (J+K-1, J+K-1)
        Laplace covariance of the coefficients and thresholds; the lapse is uncertain too.
    joint_covariance_ : ndarray, shape (J+K, J+K)
        The same with the lapse as the last row and column.
    anchor_ : ndarray, shape (J,)
        The anchor, scaled to mean 1.
    alpha_ : float
        The strength used.
    log_likelihood_ : float
        Without penalty.
    n_iter_ : int
    kkt_residual_ : float
        Violation of the optimality conditions, per row, at the end.

    Notes
    -----
    Rows are sorted before the fit: the order in which they arrive changes no bit of the result.
    """

    def __init__(
        self,
        alpha: float | Literal["cv"] = 3.0,
        anchor: ArrayLike | None = None,
        lapse: bool = True,
        nonnegative: bool = True,
        max_iter: int = 1000,
        tol: float = 1e-9,
    ) -> None:
        self.alpha = alpha
        self.anchor = anchor
        self.lapse = lapse
        self.nonnegative = nonnegative
        self.max_iter = max_iter
        self.tol = tol

    def fit(
        self, U: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> MonotoneOrdinalClassifier:
        """Fit to utilities U (n, J) and tiers y (n,), whose sorted order is the order of the tiers."""
        rows, labels = validate_data(self, U, y, dtype=np.float64)
        check_classification_targets(labels)
        weight = _check_sample_weight(sample_weight, rows, dtype=np.float64, ensure_non_negative=True)
        kept = weight > 0
        rows, labels, weight = rows[kept], labels[kept], weight[kept]
        self.classes_, numbers = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"At least 2 classes are needed; got {len(self.classes_)} class.")
        self.anchor_ = self._validate_anchor(rows.shape[1])
        order = np.lexsort((weight, *rows.T, numbers))
        sample = FitSample(
            np.ascontiguousarray(rows[order]),
            numbers[order].astype(np.int64),
            weight[order],
            len(self.classes_),
        )
        self.alpha_ = self._choose_alpha(sample) if self.alpha == "cv" else float(self.alpha)
        if self.alpha_ < 0:
            raise ValueError('alpha must be "cv" or a number not below 0.')
        optimum = self._fit_sample(sample, self.alpha_)
        self.coef_ = optimum.beta
        self.thresholds_ = optimum.thresholds
        self.lapse_ = optimum.lapse
        self.joint_covariance_ = optimum.covariance
        self.covariance_ = optimum.covariance[:-1, :-1]
        self.log_likelihood_ = optimum.log_likelihood
        self.n_iter_ = optimum.iterations
        self.kkt_residual_ = optimum.residual
        if self.kkt_residual_ > self.tol:
            warnings.warn(
                f"The fit stopped after {self.n_iter_} steps with residual {self.kkt_residual_:.1e}.",
                ConvergenceWarning,
                stacklevel=2,
            )
        return self

    def latent(self, U: ArrayLike) -> Vector:
        """Return the latent readiness ``U coef`` (n,), in logits."""
        check_is_fitted(self)
        rows = validate_data(self, U, dtype=np.float64, reset=False)
        return np.asarray(rows @ self.coef_)

    def exceed_proba(self, U: ArrayLike) -> Matrix:
        """Return P(y >= k) for k = 1..K-1, shape (n, K-1); never increasing in k."""
        eta = self.latent(U)
        return np.asarray((1 - self.lapse_) * expit(eta[:, None] - self.thresholds_))

    def predict_proba(self, U: ArrayLike) -> Matrix:
        """Return P(y = k) for every class, shape (n, K)."""
        exceed = self.exceed_proba(U)
        ends = np.ones((len(exceed), 1))
        return np.maximum(-np.diff(np.hstack((ends, exceed, 0 * ends))), 0.0)

    def predict(self, U: ArrayLike) -> NDArray[Any]:
        """Return the most probable class. With a lapse it is not monotone in U: claims use predict_tier."""
        most_probable = np.argmax(self.predict_proba(U), axis=1)
        return np.asarray(self.classes_[most_probable])

    def predict_tier(self, U: ArrayLike) -> NDArray[Any]:
        """Return the median class: the highest k with P(y >= k) of at least one half. Monotone in U."""
        median = (self.exceed_proba(U) >= 0.5).sum(axis=1)
        return np.asarray(self.classes_[median])

    def _validate_anchor(self, items: int) -> Vector:
        anchor = np.ones(items) if self.anchor is None else np.asarray(self.anchor, dtype=np.float64)
        if anchor.shape != (items,):
            raise ValueError(f"U has {items} features, but anchor has shape {anchor.shape}.")
        if not np.isfinite(anchor).all() or (anchor <= 0).any():
            raise ValueError("anchor must be finite and positive.")
        return np.asarray(anchor / anchor.mean())

    def _fit_sample(self, sample: FitSample, alpha: float) -> Optimum:
        problem = FitProblem(sample, alpha, self.anchor_, bool(self.lapse), bool(self.nonnegative))
        return minimise(problem, tolerance=self.tol, limit=self.max_iter)

    def _choose_alpha(self, sample: FitSample) -> float:
        """Choose alpha by log-loss. Folds deal out the sorted rows of each class in turn: no seed."""
        smallest = int(np.bincount(sample.y).min())
        folds = min(FOLDS, smallest)
        if folds < 2:
            raise ValueError('alpha="cv" needs at least two rows of every class.')
        fold = np.empty(len(sample.y), dtype=np.int64)
        for k in range(sample.classes):
            members = np.flatnonzero(sample.y == k)
            fold[members] = np.arange(len(members)) % folds
        losses = [
            sum(self._compute_held_out_loss(sample, fold == f, alpha) for f in range(folds))
            for alpha in ALPHAS
        ]
        return ALPHAS[int(np.argmin(losses))]

    def _compute_held_out_loss(self, sample: FitSample, held_out: NDArray[np.bool_], alpha: float) -> float:
        part = [
            FitSample(sample.U[m], sample.y[m], sample.weight[m], sample.classes)
            for m in (~held_out, held_out)
        ]
        fit = self._fit_sample(part[0], alpha)
        return float(
            -part[1].weight @ compute_row_log_likelihood(part[1], fit.beta, fit.thresholds, fit.lapse)
        )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        # Blobs whose classes fall with a feature cannot be told apart by a model that may only rise.
        tags.classifier_tags.poor_score = True
        return tags
