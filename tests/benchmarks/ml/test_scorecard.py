from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from benchmarks.ml import Scorecard
from benchmarks.ml.document import ScorecardError
from benchmarks.ml.scorecard import READINGS, Reading
from tests.benchmarks.ml.fitted import LEVELS, classifier, encoder, random_stages, sample, scorecard

PRIOR_RATIO = (1.25, 0.6, 0.35, 0.2)

Stage = NDArray[np.int8]


@st.composite
def vectors(draw: st.DrawFn) -> Stage:
    return np.array([draw(st.integers(-2, int(level))) for level in LEVELS], dtype=np.int8)


@st.composite
def raised_pairs(draw: st.DrawFn) -> tuple[Stage, Stage]:
    low = draw(vectors())
    high = low.copy()
    for j, stage in enumerate(low):
        if stage >= 0:
            high[j] = draw(st.integers(int(stage), int(LEVELS[j])))
    return low, high


def assert_not_lower(low: Stage, high: Stage, reading: Reading, ratio: Any = None) -> None:
    before, after = (scorecard().score(x, reading, ratio) for x in (low, high))
    assert (after.readiness >= before.readiness).all()
    assert (after.dimensions >= before.dimensions).all()
    assert (after.exceed >= before.exceed).all()


@settings(max_examples=150, deadline=None)
@given(raised_pairs())
def test_raising_a_stage_never_lowers_anything(pair: tuple[Stage, Stage]) -> None:
    for reading in READINGS:
        assert_not_lower(*pair, reading)
        assert_not_lower(*pair, reading, PRIOR_RATIO)


@settings(max_examples=100, deadline=None)
@given(vectors(), st.data())
def test_answering_a_missing_item_never_lowers_the_guarded_reading(low: Stage, data: st.DataObject) -> None:
    high = low.copy()
    for j in np.flatnonzero(low == -1):
        high[j] = data.draw(st.integers(-1, int(LEVELS[j])))
    assert_not_lower(low, high, "guarded")


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("ratio", [None, PRIOR_RATIO])
def test_many_pairs_one_step_apart_are_in_order(reading: Reading, ratio: Any) -> None:
    low = random_stages(60_000, 11)
    rng = np.random.default_rng(12)
    column = rng.integers(0, low.shape[1], len(low))
    rows = np.arange(len(low))
    high = low.copy()
    may_rise = (low[rows, column] >= 0) & (low[rows, column] < LEVELS[column])
    high[rows, column] += may_rise.astype(np.int8)
    assert_not_lower(low, high, reading, ratio)


def test_scorecard_agrees_with_the_classifier() -> None:
    U = encoder().transform(sample().X)
    scores = scorecard().score(sample().X)
    assert np.abs(scores.exceed - classifier().exceed_proba(U)).max() < 3e-5
    assert np.abs(scores.readiness - 100 * classifier().latent(U) / classifier().coef_.sum()).max() < 1e-3


def test_guarded_is_never_above_the_estimate_of_a_row_without_not_applicable() -> None:
    guarded, estimate = scorecard().score_both(random_stages(2000, 4, absent=0))
    assert (guarded.readiness <= estimate.readiness + 1e-9).all()


def test_scores_do_not_depend_on_the_batch() -> None:
    X = random_stages(5000, 5)
    whole = scorecard().score_both(X)
    for start, stop in ((0, 1), (4999, 5000), (17, 2100), (2047, 2049)):
        for part, full in zip(scorecard().score_both(X[start:stop]), whole, strict=True):
            assert np.array_equal(part.readiness, full.readiness[start:stop])
            assert np.array_equal(part.dimensions, full.dimensions[start:stop])
            assert np.array_equal(part.exceed, full.exceed[start:stop])


def test_extremes_score_exactly_0_and_100() -> None:
    scores = scorecard().score(np.vstack((0 * LEVELS, LEVELS, np.full(12, -1))).astype(np.int8))
    assert scores.readiness.tolist() == [0, 100, 0]
    assert scores.dimensions[1].tolist() == [100] * 4


@settings(max_examples=60, deadline=None)
@given(vectors(), vectors(), st.sampled_from(READINGS))
def test_contributions_sum_exactly_to_the_score(x: Stage, reference: Stage, reading: Reading) -> None:
    card = scorecard()
    parts = card.explain(x, reference, reading)
    total = sum(card.contributions(x, reading)) - sum(card.contributions(reference, reading))
    assert all(isinstance(part, Fraction) for part in parts)
    assert sum(parts) == total
    difference = card.score(x, reading).readiness[0] - card.score(reference, reading).readiness[0]
    assert float(total) == pytest.approx(difference, abs=1e-11)


def test_unchanged_answer_contributes_nothing() -> None:
    x = np.array([2, 14, 1, 3, -1, 2, 1, -2, 3, 1, 2, 3], dtype=np.int8)
    better = x.copy()
    better[0] = 4
    parts = scorecard().explain(better, x)
    assert parts[0] > 0
    assert not any(parts[1:])


def test_json_survives_the_round_trip_to_the_bit() -> None:
    again = Scorecard.from_json(scorecard().to_json())
    assert again.to_json() == scorecard().to_json()
    assert again.sha256() == scorecard().sha256()
    assert np.array_equal(again.score(sample().X).exceed, scorecard().score(sample().X).exceed)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("schema", "scorecard/0"),
        ("points", [1]),
        ("points", [-1] * 12),
        ("points", [0] * 12),
        ("points", [2**24] * 12),
        ("levels", [0] * 12),
        ("levels", [True] * 12),
        ("thresholds_millionths", [3, 2, 1]),
        ("lapse_millionths", 1_000_000),
        ("slope_millionths", 1.5),
        ("slope_millionths", float("nan")),
        ("missing", "mean"),
        ("extra", 1),
    ],
)
def test_document_that_is_no_scorecard_is_refused(field: str, value: object) -> None:
    content = json.loads(scorecard().to_json())
    content[field] = value
    with pytest.raises(ScorecardError):
        Scorecard.from_json(json.dumps(content))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null"])
def test_text_that_is_no_scorecard_is_refused(text: str) -> None:
    with pytest.raises(ScorecardError):
        Scorecard.from_json(text)


def test_stage_outside_its_item_is_refused() -> None:
    for stage in (5, -3):
        X = np.zeros((3, 12), dtype=np.int8)
        X[1, 0] = stage
        with pytest.raises(ValueError, match="stage"):
            scorecard().score(X)


def test_no_tier_where_too_little_is_answered_or_too_much_is_not_applicable() -> None:
    card = Scorecard.from_estimator(classifier(), encoder(), not_applicable=["5", "6"])
    full = np.zeros(12, dtype=np.int8)
    cases = {"full": full.copy()}
    for name, columns, code in (
        ("a fifth and more unanswered", [3, 4], -1),
        ("most of a dimension unanswered", [7, 8], -1),
        ("not applicable and allowed", [5], -2),
        ("not applicable, more than a tenth", [4, 5], -2),
        ("not applicable but not allowed", [2], -2),
    ):
        cases[name] = full.copy()
        cases[name][columns] = code
    allowed = card.coverage(np.vstack(list(cases.values()))).tier_allowed
    assert dict(zip(cases, allowed.tolist(), strict=True)) == {
        "full": True,
        "a fifth and more unanswered": False,
        "most of a dimension unanswered": False,
        "not applicable and allowed": True,
        "not applicable, more than a tenth": False,
        "not applicable but not allowed": False,
    }


def test_intervals_hold_the_score_and_widen_with_the_level_and_the_measurement() -> None:
    x = sample().X[0]
    readiness = scorecard().score(x).readiness[0]
    narrow, wide = scorecard().interval(x, 0.5), scorecard().interval(x, 0.95)
    band = scorecard().interval(x, 0.95, measurement=True)
    assert band.low < wide.low < narrow.low < readiness < narrow.high < wide.high < band.high
    exceed = scorecard().score(sample().X).exceed
    interval = scorecard().exceed_interval(sample().X)
    assert ((interval.low <= exceed) & (exceed <= interval.high)).all()


def test_stored_numbers_are_rounded_and_keep_the_order() -> None:
    scores = scorecard().score(sample().X)
    stored = scores.stored()
    assert stored.readiness.dtype == np.int32
    assert np.abs(stored.readiness / 100 - scores.readiness).max() <= 0.005 + 1e-9
    order = np.argsort(scores.readiness)
    assert (np.diff(stored.readiness[order]) >= 0).all()
    assert (np.diff(stored.exceed, axis=1) <= 0).all()


def test_cut_score_is_where_the_probability_is_reached() -> None:
    card = scorecard()
    score = card.cut_score(1, 0.5)
    assert score is not None
    eta = score * card.slope / 100
    assert (1 - card.lapse) / (1 + np.exp(card.thresholds[0] - eta)) == pytest.approx(0.5)
    assert card.cut_score(1, 1 - card.lapse) is None
