"""How a model does on fresh rows of the generated world that its rows came from.

Held-out folds say how a model does on the few hundred rows there are. In a generated world as many more as one likes
can be drawn, the true capability of each is known, and so is what the same model would be on twenty times the data.
Nothing here says anything about real factories.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.metrics import roc_auc_score

from benchmarks.ml import metrics
from benchmarks.ml.encode import AnswerEncoder, Stages
from benchmarks.ml.evaluate import build_index_classifier
from benchmarks.ml.metrics import Tiers
from benchmarks.ml.ordinal import MonotoneOrdinalClassifier
from benchmarks.ml.quality import ResponseQuality
from benchmarks.ml.scorecard import READINGS, Scorecard
from benchmarks.ml.scores import Scores
from benchmarks.ml.synthetic_population import REFERENCE_MIX, SyntheticPopulation, list_stages

# Twenty times the reference sample, for the test and for the model to compare intervals with.
LARGE_MIX = tuple(20 * count for count in REFERENCE_MIX)
# Seeds of the draws, apart from those that reference samples are drawn with.
TEST, LARGE, PAIRS = 1_000_002, 1_000_003, 1_000_005
# With twelve rows of the top tier one draw's coverage varies by 7 points; the mean of ten says what to expect.
CALIBRATIONS = range(1_000_010, 1_000_020)
# Companies from which is learned what answers are usual: as many as the pilot has.
PILOT = 435
# Cuts of the fixed rule on the weighted index.
RULE_CUTS = (45, 55, 65)
# Shares of tiers elsewhere, divided by those of the sample, for the pairs under a shift.
PRIOR_RATIO = (1.25, 0.6, 0.35, 0.2)
PAIRS_AT_ONCE = 100_000


def compute_holdout_figures(
    world: SyntheticPopulation,
    encoder: AnswerEncoder,
    classifier: MonotoneOrdinalClassifier,
    stages: Stages,
    tiers: Tiers,
) -> dict[str, float]:
    """Return the figures of a classifier that was fitted to stages and tiers of this world.

    ``rps_against_index`` and ``rps_against_rule`` are relative: below 0 is better than the weighted index with lapse,
    and than fixed cuts of the index. ``interval_k`` is how often the nominal 90 % interval of P(tier >= k) holds what
    the model fitted to twenty times the data says, ``interval_readiness`` the same of readiness in points, and
    ``auc_straight`` and ``auc_random`` tell careless companies from honest ones (``ResponseQuality``), and
    ``conformal_k`` how often a class-wise 90 % set holds tier k, in the mean over calibration draws.
    """
    test, large = world.draw(LARGE_MIX, TEST), world.draw(LARGE_MIX, LARGE)
    U, V = encoder.transform(stages), encoder.transform(test.X)
    weights = encoder.item_weights(stages.shape[1])
    weights = weights / weights.sum()
    exceed = classifier.exceed_proba(V)
    index = build_index_classifier().fit((U @ weights)[:, None], tiers)
    index_exceed = index.exceed_proba((V @ weights)[:, None])
    rule = (100 * (V @ weights)[:, None] >= np.array(RULE_CUTS)).astype(np.float64)
    rps, index_rps, rule_rps = (
        metrics.compute_row_ranked_probability_scores(each, test.tier).mean()
        for each in (exceed, index_exceed, rule)
    )
    errors = metrics.compute_calibration_errors(exceed, test.tier)
    row = {
        "rps": rps,
        "log_loss": metrics.compute_row_log_losses(exceed, test.tier).mean(),
        "kappa": metrics.compute_quadratic_kappa(metrics.compute_median_tier(exceed), test.tier, 4),
        "calibration_error": errors.mean(),
        "calibration_error_top": errors[-1],
        "rank_correlation": metrics.compute_rank_correlation(classifier.latent(V), test.capability),
        "rps_against_index": rps / index_rps - 1,
        "rps_against_rule": rps / rule_rps - 1,
    }
    twin = clone(classifier).set_params(alpha=classifier.alpha_).fit(encoder.transform(large.X), large.tier)
    card = Scorecard.from_estimator(classifier, encoder)
    interval, target = card.exceed_interval(test.X), twin.exceed_proba(V)
    inside = ((interval.low <= target) & (target <= interval.high)).mean(axis=0)
    row |= {f"interval_{k + 1}": share for k, share in enumerate(inside)}
    band = card.interval(test.X)
    readiness = Scorecard.from_estimator(twin, encoder).score(test.X).readiness
    row["interval_readiness"] = ((band.low <= readiness) & (readiness <= band.high)).mean()
    probability = classifier.predict_proba(V)
    covered = np.mean(
        [
            metrics.compute_class_coverage(
                probability, test.tier, _compute_conformal_cuts(world, encoder, classifier, seed)
            )
            for seed in CALIBRATIONS
        ],
        axis=0,
    )
    row |= {f"conformal_{k}": share for k, share in enumerate(covered)}
    row |= _compute_detection(world)
    return {name: round(float(value), 6) for name, value in row.items()}


def _compute_detection(world: SyntheticPopulation) -> dict[str, float]:
    """Return the areas under the curve with which the two scores tell careless companies from honest ones."""
    companies = world.draw(LARGE_MIX, TEST)
    quality = ResponseQuality().fit(world.draw((PILOT, 0, 0, 0), LARGE).X)
    scores = quality.score_samples(companies.X)
    row = {}
    for column, style in enumerate(("straight", "random")):
        compared = np.isin(companies.style, ("honest", style)) & (companies.tier == 0)
        row[f"auc_{style}"] = roc_auc_score(companies.style[compared] == style, scores[compared, column])
    return row


def _compute_conformal_cuts(
    world: SyntheticPopulation, encoder: AnswerEncoder, classifier: MonotoneOrdinalClassifier, seed: int
) -> NDArray[np.float64]:
    """Return thresholds from a draw of the reference sample's size that the classifier has not seen."""
    drawn = world.draw(REFERENCE_MIX, seed)
    return metrics.compute_conformal_thresholds(
        classifier.predict_proba(encoder.transform(drawn.X)), drawn.tier
    )


def draw_random_stages(levels: NDArray[np.int64], n: int, seed: int) -> Stages:
    """Return random reachable stages (n, J) with 3 % missing and 5 % not applicable."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.choice(list_stages(int(level)), n).astype(np.int8) for level in levels])
    lot = rng.random(X.shape, dtype=np.float32)
    X[lot < 0.03] = -1
    X[lot > 0.95] = -2
    return X


def count_rows_out_of_order(card: Scorecard, pairs: int) -> dict[str, int]:
    """Count random pairs of which the better row has a lower readiness, dimension or P(tier >= k).

    Raised stages in both readings and under a shift of the tiers' shares, and missing answers given, guarded.
    """
    found = dict.fromkeys(("guarded", "estimate", "prior_shift", "missing_to_answered"), 0)
    rng = np.random.default_rng(PAIRS)
    for seed in range(max(1, pairs // PAIRS_AT_ONCE)):
        low = draw_random_stages(card.levels, min(pairs, PAIRS_AT_ONCE), seed)
        rise = rng.random(low.shape) < rng.choice([0.02, 0.3], (len(low), 1))
        room = np.floor(rng.random(low.shape) * (card.levels - low + 1)).astype(np.int8)
        high = np.where(rise & (low >= 0), low + room, low)
        answered = np.where((low == -1) & rise, np.maximum(room - 1, 0), low).astype(np.int8)
        for reading in READINGS:
            found[reading] += _count_falls(card.score(low, reading), card.score(high, reading))
            found["prior_shift"] += _count_falls(
                card.score(low, reading, PRIOR_RATIO), card.score(high, reading, PRIOR_RATIO)
            )
        found["missing_to_answered"] += _count_falls(
            card.score(low, "guarded"), card.score(answered, "guarded")
        )
    return found


def _count_falls(low: Scores, high: Scores) -> int:
    fell: Any = high.readiness < low.readiness
    fell |= (high.dimensions < low.dimensions).any(axis=1) | (high.exceed < low.exceed).any(axis=1)
    return int(fell.sum())
