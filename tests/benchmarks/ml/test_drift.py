from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.ml.drift import CohortDrift, Verdict

DIMENSIONS = ["D1"] * 4 + ["D2"] * 4
ITEMS = [f"item {j}" for j in range(8)]


def sample(n: int, seed: int, ability: float = 0.45) -> NDArray[np.int64]:
    random = np.random.default_rng(seed)
    level = random.beta(20 * ability, 20 * (1 - ability), n)
    return random.binomial(4, level[:, None], (n, 8))


def drift() -> CohortDrift:
    return CohortDrift(DIMENSIONS, ITEMS, [4] * 8, permutations=199).fit(sample(400, 0))


def test_compare_names_the_whole_dimensions_and_items() -> None:
    found = drift().compare(sample(100, 1))

    assert [each.item for each in found] == ["all", "D1", "D2", *ITEMS]
    assert {each.n for each in found} == {100}


def test_compare_of_the_same_population_seldom_raises_an_alarm() -> None:
    model = drift()

    alarms = [
        any(each.verdict is Verdict.DRIFT for each in model.compare(sample(150, seed)))
        for seed in range(1, 31)
    ]

    assert sum(alarms) <= 3


def test_compare_of_a_shifted_cohort_says_drift_and_how_much() -> None:
    found = {each.item: each for each in drift().compare(sample(150, 1, ability=0.6))}

    assert found["all"].verdict is Verdict.DRIFT
    assert 10 < found["all"].shift < 20


def test_compare_of_one_shifted_item_points_at_it() -> None:
    cohort = sample(150, 1)
    cohort[:, 5] = np.minimum(cohort[:, 5] + 1, 4)

    drifted = [each.item for each in drift().compare(cohort) if each.verdict is Verdict.DRIFT]

    assert "item 5" in drifted
    assert set(drifted) <= {"item 5", "D2", "all"}


def test_compare_of_too_few_answers_does_not_judge() -> None:
    cohort = sample(100, 1, ability=0.9)
    cohort[:90, 2] = -1

    found = {each.item: each for each in drift().compare(cohort)}

    assert (found["item 2"].verdict, found["item 2"].p_value, found["item 2"].n) == (Verdict.TOO_FEW, 1.0, 10)
    assert found["item 3"].verdict is Verdict.DRIFT


def test_compare_twice_gives_the_same_answer() -> None:
    model, cohort = drift(), sample(60, 3)

    assert model.compare(cohort) == model.compare(cohort)


def test_compare_of_a_constant_item_shows_nothing() -> None:
    reference, cohort = sample(100, 1), sample(100, 2)
    reference[:, 0] = cohort[:, 0] = 0

    found = CohortDrift(DIMENSIONS, ITEMS, [4] * 8, permutations=99).fit(reference).compare(cohort)

    assert found[3].statistic == 0
    assert found[3].verdict is Verdict.NONE_SHOWN


def test_fit_with_labels_of_another_questionnaire_is_refused() -> None:
    with pytest.raises(ValueError, match="dimensions has shape"):
        CohortDrift(["D1"]).fit(sample(50, 0))
