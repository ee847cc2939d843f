"""The scorecard: the fitted model as whole numbers, which is what scores, explains and is stored.

Proof that scores are monotone
------------------------------
Fix the pattern of "not applicable" and, in the estimate, of missing answers. Raise one stage x_j.

1. The points of dimension d are ``P_d + H_d N_d / D_d``: points earned ``P_d = sum q_i x_i``, full points
   of the holes ``H_d``, fill units earned ``N_d = sum v_i x_i`` and answerable ``D_d``. All are whole
   numbers below 2**24 with ``q, v >= 0``; ``H_d`` and ``D_d`` depend on the pattern alone. So ``P_d`` and
   ``N_d`` do not fall, and neither does the value, being a sum with coefficients ``q_j + v_j H_d / D_d >=
   0``. Where a dimension is empty, ``N / D`` of the whole row stands in, which is of the same form.
2. Sums of whole numbers and the product ``H_d N_d < 2**48`` are exact in floating point. Division, addition
   and the scaling to 0..100 round correctly, and correct rounding never reverses an order. The total adds
   the dimensions in one fixed order. So readiness and every dimension, as returned, do not fall.
3. ``P(tier >= k) = (1 - lapse) / (1 + exp(t_k - slope R))`` with slope >= 0, lapse < 1. Two totals that
   differ are first put on a grid whose step moves the exponent by far more than exp errs in the last digit;
   then every operation is non-increasing or non-decreasing after rounding. Thresholds increase, so the P
   are ordered in k.
4. In the guarded reading a missing answer is stage 0; answering it is raising it, and 1 to 3 apply.
5. Under a prior shift only the logistic component is re-weighted: its odds ``A_k / C_k`` of classes from k
   up against those below are non-decreasing in the latent, because the logistic density is log-concave and
   so the classes have a monotone likelihood ratio (re-weighting by positive numbers keeps it). The lapse
   stays outside; re-weighted together with class 0 it would break the order.

Turning "not applicable" into a stage is a change of questionnaire, not an improvement, and is not covered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, ndtri

from benchmarks.ml import kernel
from benchmarks.ml.document import MILLION, SCHEMA, ScorecardDocument, ScorecardError
from benchmarks.ml.encode import (
    MISSING,
    NOT_APPLICABLE,
    AnswerEncoder,
    Stages,
    quantise_units,
    validate_stages,
)
from benchmarks.ml.kernel import Floats, Tables, Workspace
from benchmarks.ml.ordinal import MonotoneOrdinalClassifier
from benchmarks.ml.scores import Coverage, Interval, Scores

Reading = Literal["guarded", "estimate"]
READINGS: tuple[Reading, Reading] = ("guarded", "estimate")
READING_OF_MISSING: dict[str, Reading] = {"zero": "guarded", "prorata": "estimate"}

ANSWERED_SHARE = 0.80
DIMENSION_SHARE = 0.50
NOT_APPLICABLE_SHARE = 0.10

# A grid of 1/256 of a point moves the exponent by about 1e-9; exp errs by 1e-16.
GRID = 256.0
SMALLEST_PROBABILITY = 1e-12


@dataclass(frozen=True)
class Scorecard:
    """A scorecard, from ``from_estimator`` or ``from_json``. Scoring reads nothing but its document."""

    document: ScorecardDocument

    @classmethod
    def from_estimator(
        cls,
        classifier: MonotoneOrdinalClassifier,
        encoder: AnswerEncoder,
        *,
        items: Sequence[str] | None = None,
        not_applicable: Sequence[str] | None = None,
        measurement_error: float = 0.0,
    ) -> Scorecard:
        """Quantise a fitted classifier and its encoder.

        Parameters
        ----------
        classifier : MonotoneOrdinalClassifier
            Fitted, with coefficients that are not negative.
        encoder : AnswerEncoder
            The one whose utilities the classifier was fitted to.
        items : sequence of str, default=None
            Item codes; None numbers the items from 1.
        not_applicable : sequence of str, default=None
            Codes of the items that may be "not applicable"; None allows all.
        measurement_error : float, default=0.0
            Standard error of measurement in points of readiness, from split-half reliability.
        """
        coef = np.asarray(classifier.coef_)
        count = len(coef)
        if (coef < 0).any():
            raise ScorecardError("A scorecard needs coefficients that are not negative.")
        levels = encoder.item_levels(count)
        order, dimension = encoder.item_dimensions(count)
        codes = list(items) if items is not None else [str(j + 1) for j in range(count)]
        allowed = set(codes if not_applicable is None else not_applicable)
        # With no slope at all every answer is as good as any other; the anchor then says what counts.
        shares = coef if coef.sum() > 0 else classifier.anchor_
        covariance = np.asarray(classifier.joint_covariance_)
        content = ScorecardDocument(
            schema=SCHEMA,
            items=codes,
            levels=levels.tolist(),
            dimensions=dimension.tolist(),
            dimension_codes=order,
            not_applicable=[int(code in allowed) for code in codes],
            missing=encoder.missing,
            points=quantise_units(shares, levels).tolist(),
            fill_units=encoder.fill_units(count).tolist(),
            tiers=list(range(len(classifier.classes_))),
            thresholds_millionths=_quantise_steps(classifier.thresholds_),
            slope_millionths=_quantise(coef.sum()),
            lapse_millionths=_quantise(classifier.lapse_),
            anchor_millionths=[_quantise(value) for value in classifier.anchor_],
            alpha_millionths=_quantise(classifier.alpha_),
            covariance_millionths=list(map(_quantise, covariance[np.tril_indices(len(covariance))])),
            error_millionths=_quantise(measurement_error),
        )
        return cls.from_json(content.to_json())

    @classmethod
    def from_json(cls, text: str) -> Scorecard:
        """Read a scorecard; ScorecardError says what is wrong with it."""
        return cls(ScorecardDocument.parse(text))

    def to_json(self) -> str:
        """Return the canonical JSON."""
        return self.document.to_json()

    def sha256(self) -> str:
        """Return the hash of the canonical JSON."""
        return self.document.compute_sha256()

    @cached_property
    def levels(self) -> NDArray[np.int64]:
        """Highest stage of each item (J,)."""
        return np.array(self.document.levels, dtype=np.int64)

    @cached_property
    def points(self) -> NDArray[np.int64]:
        """Points per stage of each item (J,)."""
        return np.array(self.document.points, dtype=np.int64)

    @cached_property
    def fill_units(self) -> NDArray[np.int64]:
        """Expert weight per stage of each item (J,), which fills holes."""
        return np.array(self.document.fill_units, dtype=np.int64)

    @cached_property
    def dimensions(self) -> NDArray[np.int64]:
        """Position of each item's dimension in ``dimension_codes`` (J,)."""
        return np.array(self.document.dimensions, dtype=np.int64)

    @property
    def items(self) -> list[str]:
        """Item codes."""
        return self.document.items

    @property
    def dimension_codes(self) -> list[str]:
        """Dimension labels, in the order of the columns of ``Scores.dimensions``."""
        return self.document.dimension_codes

    @cached_property
    def full_points(self) -> int:
        """Points of full marks, which are readiness 100."""
        return int(self.points @ self.levels)

    @cached_property
    def thresholds(self) -> Floats:
        """Thresholds (K-1,) in logits."""
        return np.array(self.document.thresholds_millionths) / MILLION

    @property
    def slope(self) -> float:
        """Logits between readiness 0 and 100."""
        return self.document.slope_millionths / MILLION

    @property
    def lapse(self) -> float:
        """The lapse, a probability below 1."""
        return self.document.lapse_millionths / MILLION

    @cached_property
    def covariance(self) -> Floats:
        """Covariance (J+K, J+K) of coefficients, thresholds and lapse."""
        size = len(self.items) + len(self.thresholds) + 1
        lower = np.zeros((size, size))
        lower[np.tril_indices(size)] = np.array(self.document.covariance_millionths) / MILLION
        return lower + np.tril(lower, -1).T

    @cached_property
    def _tables(self) -> Tables:
        return Tables(self.points, self.fill_units, self.levels, self.dimensions)

    def score(
        self, X: ArrayLike, reading: Reading | None = None, prior_ratio: ArrayLike | None = None
    ) -> Scores:
        """Score stages X int8 (n, J), or one vector (J,).

        Parameters
        ----------
        reading : {"guarded", "estimate"}, default=None
            Guarded counts a missing answer as stage 0 and is what a tier claim rests on; the estimate fills
            it. None takes the encoder's rule for missing answers.
        prior_ratio : array-like (K,), default=None
            Tier shares where the scores are used divided by those of the training sample; re-weights the
            logistic component alone.
        """
        wanted = (reading or READING_OF_MISSING[self.document.missing],)
        (scores,) = self._score_readings(X, wanted, prior_ratio)
        return scores

    def score_both(self, X: ArrayLike, prior_ratio: ArrayLike | None = None) -> tuple[Scores, Scores]:
        """Return the guarded scores and the estimate, from one pass over X."""
        guarded, estimate = self._score_readings(X, READINGS, prior_ratio)
        return guarded, estimate

    def _score_readings(
        self, X: ArrayLike, readings: tuple[Reading, ...], prior_ratio: ArrayLike | None
    ) -> list[Scores]:
        stages = self._shape_stages(X)
        n, count = len(stages), len(readings)
        # A dimension that carries no points at all shows 0.
        full = np.maximum(self._tables.full_points, 1)
        # Readings, dimensions and tiers first in memory, rows last: that is how they are worked out.
        readiness = np.empty((count, n))
        dimensions = np.empty((len(full), count, n))
        exceed = np.empty((len(self.thresholds), count, n))
        scale = self.slope / (GRID * self.full_points)
        work: Workspace | None = None
        for start in range(0, n, kernel.CHUNK):
            part = slice(start, start + kernel.CHUNK)
            chunk = stages[part]
            if work is None or work.rows != len(chunk):
                work = Workspace(len(chunk), self._tables, readings)
            points, total = kernel.compute_dimension_points(chunk, work)
            np.divide(np.multiply(total, 100, out=work.odds), self.full_points, out=readiness[:, part])
            np.divide(np.multiply(points, 100, out=points), full, out=dimensions[..., part])
            eta = np.multiply(np.rint(np.multiply(total, GRID, out=total), out=total), scale, out=total)
            if prior_ratio is None:
                kernel.compute_logistic(eta, self.thresholds, 1 - self.lapse, exceed[..., part], work.odds)
            else:
                shifted = kernel.compute_shifted_logistic(eta, self.thresholds, np.asarray(prior_ratio))
                np.multiply(1 - self.lapse, shifted, out=exceed[..., part])
        return [Scores(readiness[r], dimensions[:, r].T, exceed[:, r].T) for r in range(count)]

    def _shape_stages(self, X: ArrayLike) -> Stages:
        stages = np.asarray(X)
        if stages.ndim == 1:
            stages = stages[None, :]
        if stages.ndim != 2 or stages.shape[1] != len(self.items):
            raise ValueError(f"X has shape {stages.shape}; {len(self.items)} stages a row are needed.")
        return stages if stages.dtype == np.int8 else validate_stages(stages, self.levels)

    def _validate_stages(self, X: ArrayLike) -> Stages:
        return validate_stages(self._shape_stages(X), self.levels)

    def coverage(self, X: ArrayLike) -> Coverage:
        """Return what share was answered, and whether a tier may be stated.

        It may not when less than 80 % of the whole expert weight is answered, less than half of any
        dimension, when more than 10 % is "not applicable", or when an item is that may not be.
        """
        stages = self._validate_stages(X)
        weight = self.fill_units * self.levels
        member = (self.dimensions[:, None] == np.arange(len(self.dimension_codes))).astype(np.float64)
        whole = weight @ member
        dimensions = ((stages >= 0) * weight) @ member
        absent = stages == NOT_APPLICABLE
        answered = dimensions.sum(axis=1) / weight.sum()
        shares = np.divide(dimensions, whole, out=np.ones_like(dimensions), where=whole > 0)
        inapplicable = (absent @ weight) / weight.sum()
        refused = (absent & (np.array(self.document.not_applicable) == 0)).any(axis=1)
        allowed = (answered >= ANSWERED_SHARE) & (shares >= DIMENSION_SHARE).all(axis=1)
        allowed &= (inapplicable <= NOT_APPLICABLE_SHARE) & ~refused
        return Coverage(answered, shares, inapplicable, allowed)

    def contributions(self, x: ArrayLike, reading: Reading | None = None) -> list[Fraction]:
        """Return the exact points of readiness that each item's answer brings, J Fractions.

        An answer also brings what it fills: the points of a hole are shared out over the answers that fill
        it.
        """
        (stages,) = self._validate_stages(x)
        chosen = reading or READING_OF_MISSING[self.document.missing]
        hole = stages == NOT_APPLICABLE if chosen == "guarded" else stages <= MISSING
        capacity = np.where(hole, 0, self.fill_units * self.levels)
        lost = np.where(hole, self.points * self.levels, 0)
        size = len(self.dimension_codes)
        spare = Fraction(0)
        rate = [Fraction(0)] * size
        for d in range(size):
            inside = self.dimensions == d
            possible, gap = int(capacity[inside].sum()), int(lost[inside].sum())
            if possible:
                rate[d] = Fraction(gap, possible)
            else:
                spare += gap
        everywhere = spare / int(capacity.sum()) if capacity.any() else Fraction(0)
        result = []
        for j, stage in enumerate(stages):
            effective = int(self.points[j]) + int(self.fill_units[j]) * (
                rate[self.dimensions[j]] + everywhere
            )
            result.append(100 * max(int(stage), 0) * effective / self.full_points)
        return result

    def explain(self, x: ArrayLike, reference: ArrayLike, reading: Reading | None = None) -> list[Fraction]:
        """Return per item the exact difference in points between x and a reference, J Fractions.

        They sum exactly to the difference of the two scores (of which ``score`` returns the nearest float).
        With different holes an item's coefficient differs between the two, and so do unchanged answers'
        contributions. This explains the score; it is not a statement about causes.
        """
        pair = zip(self.contributions(x, reading), self.contributions(reference, reading), strict=True)
        return [own - other for own, other in pair]

    def utilities(self, X: ArrayLike, reading: Reading | None = None) -> Floats:
        """Return the utilities (n, J) in [0, 1] that the scorecard sees, holes filled."""
        chosen = reading or READING_OF_MISSING[self.document.missing]
        missing: Literal["zero", "prorata"] = "zero" if chosen == "guarded" else "prorata"
        weights = self.fill_units * self.levels
        encoder = AnswerEncoder(self.levels, self.dimensions, weights, missing)
        return np.asarray(encoder.fit_transform(self._validate_stages(X)))

    def interval(
        self, x: ArrayLike, level: float = 0.9, reading: Reading | None = None, *, measurement: bool = False
    ) -> Interval:
        """Return an interval of readiness, in points, from the covariance of the coefficients.

        It says how far the score would move had the model been fitted to other factories of the same kind.
        With ``measurement`` the standard error of measurement is added in quadrature: the band to show
        beside a score, which also says how far the answers themselves pin it down.
        """
        U = self.utilities(x, reading)
        readiness = self.score(x, reading).readiness
        items = len(self.items)
        gradient = np.zeros_like(U) if self.slope == 0 else (100 * U - readiness[:, None]) / self.slope
        variance = np.einsum("ij,jk,ik->i", gradient, self.covariance[:items, :items], gradient)
        if measurement:
            variance = variance + (self.document.error_millionths / MILLION) ** 2
        half = ndtri((1 + level) / 2) * np.sqrt(np.maximum(variance, 0))
        low, high = np.maximum(readiness - half, 0), np.minimum(readiness + half, 100)
        return Interval(low[0], high[0]) if np.ndim(x) == 1 else Interval(low, high)

    def exceed_interval(self, X: ArrayLike, level: float = 0.9, reading: Reading | None = None) -> Interval:
        """Return intervals of P(tier >= k), shape (n, K-1), from the covariance of all parameters.

        Normal on the scale of log-odds, where the parameters act almost linearly.
        """
        U = self.utilities(X, reading)
        exceed = self.score(X, reading).exceed
        items, cuts = len(self.items), len(self.thresholds)
        ceiling = 1 - self.lapse
        low, high = np.empty((2, len(U), cuts))
        for k in range(cuts):
            P = np.clip(exceed[:, k], SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
            inner = np.minimum(P / ceiling, 1)
            gradient = np.zeros((len(U), items + cuts + 1))
            gradient[:, :items] = U
            gradient[:, items + k] = -1
            # d logit(P) is d eta (1 - inner) / (1 - P) and, for the lapse, -1 / ((1 - lapse) (1 - P)).
            gradient *= ((1 - inner) / (1 - P))[:, None]
            gradient[:, -1] = -1 / (ceiling * (1 - P))
            spread = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", gradient, self.covariance, gradient), 0))
            half = ndtri((1 + level) / 2) * spread
            logit = np.log(P) - np.log1p(-P)
            low[:, k], high[:, k] = expit(logit - half), expit(logit + half)
        return Interval(low, high)

    def cut_score(self, tier: int, probability: float = 0.5) -> float | None:
        """Return the readiness at which P(tier >= k) reaches a probability; None where it never does."""
        if probability >= 1 - self.lapse or self.slope == 0:
            return None
        needed = self.thresholds[tier - 1] + np.log(probability / (1 - self.lapse - probability))
        score = float(100 * needed / self.slope)
        return score if score <= 100 else None


def _quantise(value: float) -> int:
    return int(np.rint(value * MILLION))


def _quantise_steps(thresholds: Floats) -> list[int]:
    """Quantise increasing thresholds, keeping them distinct."""
    result: list[int] = []
    for value in thresholds:
        result.append(max(_quantise(value), result[-1] + 1) if result else _quantise(value))
    return result
