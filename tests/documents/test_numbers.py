"""Stored integers as people read them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents import numbers


@pytest.mark.parametrize(
    ("hundredths", "text"), [(4362, "43.6"), (4365, "43.7"), (0, "0.0"), (10000, "100.0"), (-61, "−0.6")]
)
def test_points_have_one_decimal(hundredths: int, text: str) -> None:
    assert numbers.format_points(hundredths) == text


def test_chart_prints_every_score_as_the_page_says_it() -> None:
    """Halves go up; Python alone would round 76.25 to 76.2."""
    assert numbers.round_points(7625) == 76.3
    for hundredths in range(10_001):
        assert f"{numbers.round_points(hundredths):.1f}" == numbers.format_points(hundredths)


@pytest.mark.parametrize(("hundredths", "text"), [(480, "+4.8"), (-480, "−4.8"), (4, "0.0"), (-4, "0.0")])
def test_signed_points_that_round_to_zero_have_no_sign(hundredths: int, text: str) -> None:
    assert numbers.format_signed_points(hundredths) == text


@given(st.integers(min_value=0, max_value=10_000))
def test_chance_never_claims_certainty(ten_thousandths: int) -> None:
    text = numbers.format_chance(ten_thousandths)

    assert text not in {"0%", "100%"}
    assert text.endswith("%")


@given(st.integers(min_value=1, max_value=10_000), st.data())
def test_percentage_is_all_or_none_only_when_it_is(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(min_value=0, max_value=whole))

    text = numbers.format_percentage(part, whole)

    assert (text == "0%") == (part == 0)
    assert (text == "100%") == (part == whole)


def test_percentage_of_nothing_is_a_dash() -> None:
    assert numbers.format_percentage(0, 0) == "–"


@pytest.mark.parametrize(
    ("amount", "text"), [(380_000, "¥380,000"), (Decimal("-1500.50"), "−¥1,501"), (0, "¥0")]
)
def test_yuan_is_written_in_full(amount: Decimal | int, text: str) -> None:
    assert numbers.format_yuan(amount) == text
