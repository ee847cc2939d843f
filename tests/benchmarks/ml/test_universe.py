from __future__ import annotations

import numpy as np
import pytest

from benchmarks.ml.encode import AnswerEncoder
from benchmarks.ml.evaluate import compute_release_metrics
from benchmarks.ml.metrics import (
    compute_calibration_errors,
    compute_class_coverage,
    compute_conformal_thresholds,
    compute_quadratic_kappa,
    compute_row_ranked_probability_scores,
)
from benchmarks.ml.synthetic_population import (
    REFERENCE_MIX,
    SyntheticPopulation,
    draw_reference_sample,
    list_stages,
)
from instrument import load_instrument
from tests.benchmarks.ml.fitted import DIMENSIONS, LEVELS, MIX, WEIGHTS, classifier, encoder, sample


def test_reference_population_has_the_shape_of_the_product() -> None:
    instrument = load_instrument()
    codes = list(instrument.item_order)
    levels = np.array(instrument.list_max_stages())
    dimensions = [instrument.get_item(code).dimension for code in codes]
    weights = np.array([float(instrument.get_weight(code)) for code in codes])
    allowed = sorted(instrument.not_applicable_allowed)
    X, tier, sector = draw_reference_sample(
        levels, dimensions, weights, 5, codes=codes, not_applicable=allowed
    )
    assert X.dtype == np.int8
    assert tuple(np.bincount(tier)) == REFERENCE_MIX
    assert set(sector) == {"automotive", "steel", "construction_machinery", "other"}
    assert (X[tier > 0] >= 0).all()
    assert not (X == -2)[:, [code not in allowed for code in codes]].any()
    for column, level in zip(X.T, levels, strict=True):
        assert set(column[column >= 0].tolist()) <= set(list_stages(int(level)).tolist())
    assert (X[:, codes.index("G4")] <= 0).mean() > 0.8
    index = 100 * AnswerEncoder(levels, dimensions, weights).transform(X) @ (weights / weights.sum())
    means = [index[tier == k].mean() for k in range(4)]
    assert means == pytest.approx([34, 51, 59, 67], abs=10)
    assert means == sorted(means)


def test_same_seed_draws_the_same_rows() -> None:
    again = SyntheticPopulation(LEVELS, DIMENSIONS, WEIGHTS, 7).draw(MIX, 1)
    assert np.array_equal(again.X, sample().X)
    assert not np.array_equal(SyntheticPopulation(LEVELS, DIMENSIONS, WEIGHTS, 8).draw(MIX, 1).X, again.X)


def test_figures_of_merit_of_a_perfect_and_a_hopeless_forecast() -> None:
    tier = np.array([0, 1, 2, 3] * 10)
    perfect = (tier[:, None] >= np.arange(1, 4)).astype(float)
    assert not compute_row_ranked_probability_scores(perfect, tier).any()
    assert not compute_calibration_errors(perfect, tier).any()
    assert compute_quadratic_kappa(tier, tier, 4) == 1
    assert compute_quadratic_kappa(tier[::-1].copy(), tier, 4) == pytest.approx(-1)


def test_kappa_has_a_value_where_tiers_are_missing_from_the_rows() -> None:
    low, high = np.zeros(6, dtype=np.int64), np.full(6, 2)
    assert compute_quadratic_kappa(low, low, 4) == 1
    assert compute_quadratic_kappa(low, high, 4) == 0
    # Weights are distances in tiers, not in those that occur: without tier 1 it is still two steps from 0 to 2.
    assert compute_quadratic_kappa(np.array([0, 3, 3]), np.array([0, 3, 2]), 4) == pytest.approx(10 / 11)


def test_conformal_sets_hold_their_class_nine_times_in_ten() -> None:
    rng = np.random.default_rng(0)
    tier = rng.integers(0, 3, 6000)
    probability = rng.dirichlet(np.ones(3), 6000)
    thresholds = compute_conformal_thresholds(probability[:3000], tier[:3000])
    assert compute_class_coverage(probability[3000:], tier[3000:], thresholds) == pytest.approx(
        [0.9] * 3, abs=0.03
    )


def test_release_metrics_are_reproducible_and_compare_with_the_index() -> None:
    first, second = (
        compute_release_metrics(encoder(), classifier(), sample().X, sample().tier, seed=3) for _ in range(2)
    )
    assert first == second
    assert first["figures"]["rps"]["low"] < first["figures"]["rps"]["value"] < first["figures"]["rps"]["high"]
    assert first["index_does_as_well"] == (first["rps_gain"]["low"] <= 0)
    assert len(first["calibration"]) == 45
    assert 1 < first["measurement_error"] < 15
    assert [row["n"] for row in first["conformal"]] == list(MIX)
