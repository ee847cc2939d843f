from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from benchmarks.ml.answer_checks import Jump, JumpKind, list_jumps, list_near_identical_pairs
from benchmarks.ml.quality import ResponseQuality
from benchmarks.ml.synthetic_population import Profiles, SyntheticPopulation
from instrument import load_instrument

INSTRUMENT = load_instrument()
ITEMS = list(INSTRUMENT.item_order)
LEVELS = np.array(INSTRUMENT.list_max_stages())
DAY = dt.date(2026, 3, 1)


def universe(seed: int) -> SyntheticPopulation:
    dimension = {code: each.code for each in INSTRUMENT.dimensions for code in each.items}
    return SyntheticPopulation(
        LEVELS,
        [dimension[code] for code in ITEMS],
        [float(INSTRUMENT.get_weight(code)) for code in ITEMS],
        seed,
        not_applicable=[ITEMS.index(code) for code in INSTRUMENT.not_applicable_allowed],
    )


@pytest.fixture(scope="module")
def fresh() -> tuple[ResponseQuality, Profiles]:
    world = universe(1)
    return ResponseQuality().fit(world.draw((435, 0, 0, 0), 1).X), world.draw((3000, 0, 0, 0), 2)


@pytest.mark.parametrize(("column", "style"), [(0, "straight"), (1, "random")])
def test_scores_of_careless_answers_exceed_those_of_honest_ones(
    fresh: tuple[ResponseQuality, Profiles], column: int, style: str
) -> None:
    quality, companies = fresh
    compared = np.isin(companies.style, ["honest", style])

    scores = quality.score_samples(companies.X)

    assert scores.shape == (3000, 2)
    assert roc_auc_score(companies.style[compared] == style, scores[compared, column]) >= 0.97


def test_scores_of_one_stage_throughout_exceed_honest_ones(fresh: tuple[ResponseQuality, Profiles]) -> None:
    quality, companies = fresh
    same_stage = np.minimum(np.arange(1, 5)[:, None], LEVELS)

    scores = quality.score_samples(same_stage)[:, 0]

    assert scores.min() > quality.score_samples(companies.X[companies.style == "honest"])[:, 0].max()


def test_predict_leaves_honest_companies_alone(fresh: tuple[ResponseQuality, Profiles]) -> None:
    quality, companies = fresh

    flagged = quality.predict(companies.X) == -1

    assert flagged[companies.style == "honest"].mean() <= 0.01
    assert flagged[companies.style != "honest"].mean() >= 0.7


def test_predict_does_not_take_flattery_for_carelessness(fresh: tuple[ResponseQuality, Profiles]) -> None:
    world = universe(1)
    world.scenario = replace(world.scenario, heavy_share=1.0, straight_line=0.0, random_answers=0.0)

    assert (fresh[0].predict(world.draw((1000, 0, 0, 0), 3).X) == -1).mean() <= 0.02


def test_score_of_a_row_without_answers_is_neutral(fresh: tuple[ResponseQuality, Profiles]) -> None:
    assert fresh[0].score_samples(np.full((1, len(ITEMS)), -1)).tolist() == [[0.0, 0.0]]


def test_scores_of_the_same_rows_are_the_same(fresh: tuple[ResponseQuality, Profiles]) -> None:
    quality, companies = fresh

    np.testing.assert_array_equal(
        quality.score_samples(companies.X)[:50], quality.score_samples(companies.X[:50])
    )


def test_fit_with_levels_of_another_questionnaire_is_refused() -> None:
    with pytest.raises(ValueError, match="levels has shape"):
        ResponseQuality(levels=[4, 4]).fit(np.zeros((5, 3)))


def honest_companies() -> NDArray[np.int8]:
    companies = universe(2).draw((200, 0, 0, 0), 2)
    return np.asarray(companies.X[companies.style == "honest"])


def test_near_identical_finds_the_copied_set_alone() -> None:
    X = honest_companies()
    X[3] = X[7]
    X[3, ITEMS.index("B6")] = (max(int(X[7, ITEMS.index("B6")]), 0) + 1) % 4

    pairs = list_near_identical_pairs(X, [f"company {i}" for i in range(len(X))], ITEMS)

    assert [(pair.first, pair.second, set(pair.differing) <= {"B6"}) for pair in pairs] == [
        ("company 3", "company 7", True)
    ]
    assert pairs[0].same >= pairs[0].compared - 1


def test_near_identical_within_one_company_is_not_reported() -> None:
    X = honest_companies()
    X[3] = X[7]

    assert (
        list_near_identical_pairs(X, ["same" if i in (3, 7) else str(i) for i in range(len(X))], ITEMS) == []
    )


def test_near_identical_beginners_are_not_reported() -> None:
    X = honest_companies()
    X[3:6] = 0

    assert list_near_identical_pairs(X, [str(i) for i in range(len(X))], ITEMS) == []


def test_jumps_reports_two_levels_within_ninety_days() -> None:
    found = list_jumps(
        ["G1"], [5], [1], [2], taken_before=DAY, taken_after=DAY + dt.timedelta(90),
        official_before=0, official_after=2,
    )  # fmt: skip

    assert found == [Jump(JumpKind.OFFICIAL_LEVEL, "", 0, 2, 90)]


def test_jumps_reports_steep_stages_and_skips_holes() -> None:
    found = list_jumps(
        ["B4", "C01", "C02", "X5"], [100, 4, 4, 4], [0, 0, 1, -2], [80, 3, 3, 4],
        taken_before=DAY, taken_after=DAY + dt.timedelta(30), official_before=1, official_after=2,
    )  # fmt: skip

    assert found == [Jump(JumpKind.STAGE, "B4", 0, 80, 30), Jump(JumpKind.STAGE, "C01", 0, 3, 30)]


def test_jumps_over_more_than_ninety_days_is_silent() -> None:
    later = DAY + dt.timedelta(91)

    assert list_jumps(["C01"], [4], [0], [4], taken_before=DAY, taken_after=later) == []


def test_jumps_with_rounds_in_the_wrong_order_is_refused() -> None:
    with pytest.raises(ValueError, match="before the earlier"):
        list_jumps(["C01"], [4], [0], [4], taken_before=DAY, taken_after=DAY - dt.timedelta(1))
