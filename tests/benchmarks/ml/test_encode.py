from __future__ import annotations

import numpy as np
import pytest

from benchmarks.ml import AnswerEncoder
from tests.benchmarks.ml.fitted import encoder, random_stages, scorecard


def small(missing: str = "prorata") -> AnswerEncoder:
    return AnswerEncoder([4, 2, 5, 4], ["A", "A", "A", "B"], [2.0, 1, 1, 4], missing)  # type: ignore[arg-type]


def test_utility_is_stage_over_highest_stage() -> None:
    assert small().transform(np.array([[1, 2, 5, 0]], dtype=np.int8)).tolist() == [[0.25, 1.0, 1.0, 0.0]]


def test_hole_takes_the_weighted_mean_of_its_dimension() -> None:
    U = small().transform(np.array([[4, 0, -1, 0]], dtype=np.int8))
    assert U[0, 2] == pytest.approx(2 / 3, abs=1e-6)


def test_missing_counts_as_lowest_stage_when_guarded_and_so_lowers_what_fills_not_applicable() -> None:
    U = small("zero").transform(np.array([[4, -1, -2, 0]], dtype=np.int8))
    assert U[0, 1] == 0
    assert U[0, 2] == pytest.approx(2 / 3, abs=1e-6)


def test_empty_dimension_takes_the_mean_of_the_row() -> None:
    U = small().transform(np.array([[4, 2, 0, -1]], dtype=np.int8))
    assert U[0, 3] == pytest.approx(0.75, abs=1e-6)


def test_row_without_any_answer_is_zero() -> None:
    assert not small().transform(np.full((1, 4), -1, dtype=np.int8)).any()


@pytest.mark.parametrize("bad", [[5, 0, 0, 0], [0, 0, 0, -3], [0, 0.5, 0, 0], [300, 0, 0, 0]])
def test_entry_that_is_no_stage_is_refused(bad: list[float]) -> None:
    with pytest.raises(ValueError, match=r"[Ss]tage"):
        small().transform(np.array([bad]))


@pytest.mark.parametrize(
    "broken",
    [
        AnswerEncoder([4, 0]),
        AnswerEncoder([4, 4, 4]),
        AnswerEncoder(dimensions=["A"]),
        AnswerEncoder(weights=[1.0, -1.0]),
        AnswerEncoder(weights=[0.0, 0.0]),
        AnswerEncoder(missing="mean"),  # type: ignore[arg-type]
    ],
)
def test_parameters_that_make_no_sense_are_refused(broken: AnswerEncoder) -> None:
    with pytest.raises(ValueError, match=r"levels|dimensions|weights|missing"):
        broken.fit(np.zeros((1, 2), dtype=np.int8))


def test_encoder_and_scorecard_fill_alike() -> None:
    X = random_stages(400, 3)
    for reading, missing in (("estimate", "prorata"), ("guarded", "zero")):
        own = encoder().set_params(missing=missing).transform(X)
        assert np.array_equal(own, scorecard().utilities(X, reading))  # type: ignore[arg-type]
    encoder().set_params(missing="prorata")
