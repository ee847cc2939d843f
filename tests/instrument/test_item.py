"""Values and stages of items."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instrument import InvalidAnswer, Value
from tests.instrument.strategies import CODES, INSTRUMENT, values


@pytest.mark.parametrize(
    ("code", "raw", "value"),
    [
        ("B2", "C", "C"),
        ("B1", ["E", "B"], ("B", "E")),
        ("B1", ("A",), ("A",)),
        ("C01", 3, 3),
        ("C01", "3", 3),
        ("b11", 0, 0),
    ],
)
def test_parse_with_plain_data_gives_the_value(code: str, raw: object, value: Value) -> None:
    assert INSTRUMENT.get_item(code).parse(raw) == value


@pytest.mark.parametrize(
    ("code", "raw", "reason"),
    [
        ("B2", "F", "unknown_option"),
        ("B2", "a", "unknown_option"),
        ("B2", ["C"], "wrong_type"),
        ("B2", None, "wrong_type"),
        ("B2", True, "wrong_type"),
        ("B1", "B", "wrong_type"),
        ("B1", [], "empty"),
        ("B1", ["B", "B"], "repeated"),
        ("B1", ["A", "B"], "exclusive"),
        ("B1", ["B", "Z"], "unknown_option"),
        ("B1", ["B", 1], "wrong_type"),
        ("C01", 5, "unknown_level"),
        ("C01", -1, "unknown_level"),
        ("C01", "03", "unknown_level"),
        ("C01", "٣", "unknown_level"),
        ("C01", True, "wrong_type"),
        ("C01", 2.0, "wrong_type"),
    ],
)
def test_parse_with_wrong_data_gives_the_reason(code: str, raw: object, reason: str) -> None:
    with pytest.raises(InvalidAnswer) as caught:
        INSTRUMENT.get_item(code).parse(raw)
    assert (caught.value.item, caught.value.field, caught.value.reason) == (code, "value", reason)


@pytest.mark.parametrize(
    ("code", "value", "stage"),
    [
        ("B1", ("B", "D"), 2),
        ("B4", ("O",), 9),
        ("B4", ("B", "C", "O"), 23),
        ("B4", ("A",), 0),
        ("G2", ("B", "C", "D"), 3),
        ("G1", "F", 5),
        ("R1", "C", 2),
        ("X1", 4, 4),
    ],
)
def test_stage_counts_steps(code: str, value: Value, stage: int) -> None:
    assert INSTRUMENT.get_item(code).get_stage(value) == stage


def test_points_outside_the_scored_items_are_none() -> None:
    assert INSTRUMENT.get_item("C01").compute_points(4) is None
    assert INSTRUMENT.get_item("B4").compute_points(("B", "O")) == Fraction("1.6")


def test_reachable_stages_of_automatic_capture_leave_gaps() -> None:
    stages = INSTRUMENT.get_item("B4").reachable_stages
    assert stages[:4] == (0, 7, 9, 14)
    assert stages[-2:] == (93, 100)


def test_value_for_an_unreachable_stage_is_the_nearest_below() -> None:
    item = INSTRUMENT.get_item("B4")
    assert item.get_value_for_stage(8) == ("B",)
    assert item.get_stage(item.get_value_for_stage(99)) == 93


def test_value_for_a_negative_stage_is_refused() -> None:
    with pytest.raises(ValueError, match="zero or more"):
        INSTRUMENT.get_item("B1").get_value_for_stage(-1)


def test_next_gain_is_one_more_step() -> None:
    assert INSTRUMENT.get_item("B5").compute_next_gain(Fraction("2.5")) == Fraction("2.5")
    assert INSTRUMENT.get_item("B4").compute_next_gain(Fraction(0)) == Fraction("0.7")
    assert INSTRUMENT.get_item("G1").compute_next_gain(Fraction("7.5")) == 0


@given(code=CODES, stage=st.integers(0, 127))
def test_value_for_any_stage_has_the_nearest_reachable_stage(code: str, stage: int) -> None:
    item = INSTRUMENT.get_item(code)
    expected = max(found for found in item.reachable_stages if found <= stage)
    assert item.get_stage(item.get_value_for_stage(stage)) == expected


@given(data=st.data(), code=CODES)
def test_any_value_parses_to_itself_and_its_stage_is_reachable(data: st.DataObject, code: str) -> None:
    item = INSTRUMENT.get_item(code)
    value = data.draw(values(item))
    assert item.parse(value) == value
    assert item.get_stage(value) in item.reachable_stages
    assert item.get_stage(item.get_value_for_stage(item.get_stage(value))) == item.get_stage(value)


@given(data=st.data(), code=CODES)
def test_more_points_mean_a_higher_stage(data: st.DataObject, code: str) -> None:
    item = INSTRUMENT.get_item(code)
    first, second = data.draw(values(item)), data.draw(values(item))
    if item.part == "official":
        higher_points = (item.compute_points(first) or 0) > (item.compute_points(second) or 0)
        assert higher_points == (item.get_stage(first) > item.get_stage(second))
