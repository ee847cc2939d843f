"""Stored integers as people read them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

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


SCORES = st.integers(0, 10_000)
EXACT = st.fractions(min_value=-10_000, max_value=10_000, max_denominator=10_000)


def read(text: str) -> Decimal:
    """What somebody who adds up a page reads."""
    return Decimal(text.replace(numbers.MINUS, "-"))


@given(SCORES | EXACT | st.integers(0, 20_000).map(lambda half: half / 2))
def test_figures_are_rounded_once_and_halves_away_from_zero(figure: float | Fraction) -> None:
    shown = numbers.round_to_tenth(figure)

    assert shown % numbers.TENTH == 0
    assert abs(Fraction(figure) - shown) <= 5
    assert numbers.round_to_tenth(-figure) == -shown
    if abs(Fraction(figure) - shown) == 5:
        assert abs(shown) > abs(Fraction(figure))
    assert read(numbers.format_points(figure)) * 100 == shown
    assert f"{numbers.round_points(figure):.1f}".removeprefix("-") == numbers.format_points(figure).lstrip(
        "−"
    )


@given(SCORES, SCORES)
def test_change_is_the_difference_of_what_is_shown(before: int, now: int) -> None:
    change = numbers.compute_change(before, now)

    said = read(numbers.format_signed_points(change))
    assert read(numbers.format_points(before)) + said == read(numbers.format_points(now))
    assert abs(change - (now - before)) < 10
    assert numbers.compute_change(now, before) == -change


@given(SCORES | EXACT, st.lists(EXACT, min_size=1, max_size=12))
def test_parts_add_up_as_they_are_printed(start: Fraction, parts: list[Fraction]) -> None:
    end = start + sum(parts)
    change = numbers.compute_change(start, end)

    shown = numbers.split_change(parts, change)

    printed = sum(read(numbers.format_signed_points(part)) for part in shown)
    assert read(numbers.format_points(start)) + printed == read(numbers.format_points(end))
    for part, exact in zip(shown, parts, strict=True):
        assert abs(part - exact) < 10
        assert exact or part == 0


@given(st.lists(st.integers(-20, 20).map(lambda tenth: 10 * tenth)))
def test_parts_that_add_up_stay_as_they_are(parts: list[int]) -> None:
    assert numbers.split_change(parts, sum(parts)) == parts


def test_parts_of_a_change_that_was_rounded_before_still_add_up() -> None:
    """A stored score is rounded to hundredths, so the change may lie further off than its parts."""
    assert numbers.split_change([4], 20) == [20]
    assert numbers.split_change([0, 0], 10) == [10, 0]
    assert numbers.split_change([7, 7, 7], 30) == [10, 10, 10]
    assert numbers.split_change([2, 2, 2], 0) == [0, 0, 0]


@pytest.mark.parametrize(
    ("value", "text"), [(Fraction(125, 2), "62.5"), (Fraction(80), "80"), (Fraction(1, 1000), "0.001")]
)
def test_decimals_have_no_trailing_zeros(value: Fraction, text: str) -> None:
    assert numbers.format_decimal(value) == text


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
