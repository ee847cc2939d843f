from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.ml.position import BenchmarkPosition, Position


def reference(n: int = 12, others: int = 40) -> BenchmarkPosition:
    readiness = np.concatenate((np.arange(n), np.full(others, 50.0)))
    tier = np.repeat([3, 1], [n, others])
    sector = np.repeat(["steel", "automotive"], [n, others])
    return BenchmarkPosition().fit(readiness, tier, sector)


def test_position_at_the_median_of_twelve_has_the_published_interval() -> None:
    position = reference().position(5.5, 3, "steel")

    assert position is not None
    assert position.n == 12
    assert position.percentile == 50
    assert (round(position.low), round(position.high)) == (28, 72)


def test_position_in_a_group_below_ten_is_refused() -> None:
    assert reference(n=9).position(5, 3, "steel") is None
    assert reference(n=10).position(5, 3, "steel") is not None


def test_position_in_an_unknown_sector_is_refused() -> None:
    assert reference().position(5, 3, "shipbuilding") is None


def test_position_without_sector_compares_with_the_whole_tier() -> None:
    position = reference(others=40).position(60, 1)

    assert position == Position(100.0, position.low if position else 0.0, 100.0, 40)


def test_position_among_equals_is_the_middle() -> None:
    position = reference().position(50, 1, "automotive")

    assert position is not None
    assert position.percentile == 50


@given(st.lists(st.floats(0, 100), min_size=10, max_size=60), st.floats(0, 100), st.floats(0, 100))
def test_position_is_ordered_and_never_falls_with_the_score(
    scores: list[float], one: float, other: float
) -> None:
    model = BenchmarkPosition().fit(scores, np.ones(len(scores)), ["steel"] * len(scores))

    lower, higher = (model.position(score, 1, "steel") for score in sorted((one, other)))

    assert lower is not None
    assert higher is not None
    assert 0 <= lower.low <= lower.percentile <= lower.high <= 100
    assert lower.percentile <= higher.percentile
    assert lower.low <= higher.low + 1e-9
    assert lower.high <= higher.high + 1e-9


@pytest.mark.parametrize("level", [0, 1, 1.5])
def test_fit_with_an_impossible_level_says_so(level: float) -> None:
    with pytest.raises(ValueError, match="level must lie between 0 and 1"):
        BenchmarkPosition(level=level).fit([1.0], [1], ["steel"])


def test_fit_with_unequal_lengths_is_refused() -> None:
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        BenchmarkPosition().fit([1.0, 2.0], [1], ["steel"])


def test_position_of_an_unknown_score_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        reference().position(float("nan"), 3, "steel")
