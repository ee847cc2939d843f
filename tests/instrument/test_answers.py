"""Answers, vectors of stages and snapshots."""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction

import pytest
from hypothesis import given

from instrument import (
    AnswerState,
    InvalidAnswer,
    ItemAnswer,
    build_snapshot,
    check_answer,
    find_not_applicable_excess,
    list_unfinished,
    read_snapshot,
    stages,
)
from tests.instrument.strategies import INSTRUMENT, SETS, answer_sets

ANSWERED = AnswerState.ANSWERED


def complete() -> dict[str, ItemAnswer]:
    """The lowest answer to every item."""
    return {item.code: ItemAnswer(ANSWERED, item.get_value_for_stage(0)) for item in INSTRUMENT.items}


@pytest.mark.parametrize(
    ("code", "answer", "field", "reason"),
    [
        ("Z1", ItemAnswer(ANSWERED, 1), "item", "unknown_item"),
        ("B2", ItemAnswer(ANSWERED), "value", "value_required"),
        ("B2", ItemAnswer(AnswerState.DONT_KNOW, "A"), "value", "value_not_allowed"),
        ("B2", ItemAnswer(AnswerState.NOT_APPLICABLE, reason="none"), "state", "not_allowed"),
        ("C01", ItemAnswer(AnswerState.NOT_APPLICABLE, reason="none"), "state", "not_allowed"),
        ("X5", ItemAnswer(AnswerState.NOT_APPLICABLE, reason=" "), "reason", "reason_required"),
        ("B2", ItemAnswer(ANSWERED, "A", figures={"staff_last": "1"}), "staff_last", "unknown_figure"),
        ("B2", ItemAnswer(ANSWERED, "A", figures={"machines_total": "1.5"}), "machines_total", "bad_figure"),
        ("B2", ItemAnswer(ANSWERED, "A", figures={"machines_total": "-1"}), "machines_total", "bad_figure"),
        ("B2", ItemAnswer(ANSWERED, "A", figures={"machines_total": "１２"}), "machines_total", "bad_figure"),
        ("R4", ItemAnswer(ANSWERED, "A", figures={"cost_last_wan": "1e2"}), "cost_last_wan", "bad_figure"),
    ],
)  # fmt: skip
def test_check_with_a_wrong_answer_names_item_field_and_reason(
    code: str, answer: ItemAnswer, field: str, reason: str
) -> None:
    with pytest.raises(InvalidAnswer) as caught:
        check_answer(INSTRUMENT, code, answer)
    assert (caught.value.item, caught.value.field, caught.value.reason) == (code, field, reason)


def test_check_puts_the_value_in_normal_form() -> None:
    answer = ItemAnswer(ANSWERED, ("E", "B"), comment="seen")
    assert check_answer(INSTRUMENT, "B1", answer) == ItemAnswer(ANSWERED, ("B", "E"), comment="seen")


def test_vector_marks_missing_and_not_applicable() -> None:
    answers = {
        "B1": ItemAnswer(ANSWERED, ("B", "C")),
        "B2": ItemAnswer(AnswerState.DONT_KNOW),
        "B3": ItemAnswer(AnswerState.LATER),
        "B4": ItemAnswer(ANSWERED, tuple("BCDEFGHIJKLMNO")),
        "X5": ItemAnswer(AnswerState.NOT_APPLICABLE, reason="no tools"),
    }
    found = dict(
        zip(INSTRUMENT.item_order, stages.parse_vector(stages.build_vector(INSTRUMENT, answers)), strict=True)
    )
    assert [found[code] for code in ("B1", "B2", "B3", "B4", "B5", "X5")] == [2, -1, -1, 100, -1, -2]


@SETS
@given(answers=answer_sets())
def test_vector_of_any_answers_goes_there_and_back(answers: dict[str, ItemAnswer]) -> None:
    vector = stages.build_vector(INSTRUMENT, answers)
    assert len(vector) == len(INSTRUMENT.items)
    found = dict(zip(INSTRUMENT.item_order, stages.parse_vector(vector), strict=True))
    again = {
        code: ItemAnswer(ANSWERED, INSTRUMENT.get_item(code).get_value_for_stage(stage))
        if stage >= 0
        else ItemAnswer(
            AnswerState.NOT_APPLICABLE if stage == stages.NOT_APPLICABLE else AnswerState.DONT_KNOW
        )
        for code, stage in found.items()
    }
    assert stages.build_vector(INSTRUMENT, again) == vector


@SETS
@given(answers=answer_sets())
def test_snapshot_of_any_answers_reads_back(answers: dict[str, ItemAnswer]) -> None:
    frozen = build_snapshot(INSTRUMENT, answers)
    assert read_snapshot(frozen.content) == answers
    assert frozen.sha256 == hashlib.sha256(frozen.content.encode()).hexdigest()
    assert build_snapshot(INSTRUMENT, dict(reversed(answers.items()))) == frozen


def test_snapshot_names_the_instrument_and_keeps_everything() -> None:
    answers = {
        "B2": ItemAnswer(ANSWERED, "C", figures={"machines_total": "68"}, comment="数控 22 台"),
        "X5": ItemAnswer(AnswerState.NOT_APPLICABLE, reason="no tools"),
    }
    content = json.loads(build_snapshot(INSTRUMENT, answers).content)
    assert content["instrument"] == {"version": INSTRUMENT.version, "sha256": INSTRUMENT.sha256}
    assert content["answers"]["B2"]["figures"] == {"machines_total": "68"}
    assert content["answers"]["B2"]["comment"] == "数控 22 台"
    assert content["answers"]["X5"]["reason"] == "no tools"


def test_snapshot_with_an_invalid_answer_is_refused() -> None:
    with pytest.raises(InvalidAnswer):
        build_snapshot(INSTRUMENT, {"B2": ItemAnswer(ANSWERED, "Z")})


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"answers": {"B1": {}}}', '{"answers": []}'])
def test_read_snapshot_of_something_else_is_refused(content: str) -> None:
    with pytest.raises(ValueError):
        read_snapshot(content)


def test_unfinished_lists_missing_and_put_off_items_in_order() -> None:
    answers = complete()
    assert list_unfinished(INSTRUMENT, answers) == []
    del answers["C03"]
    answers["B2"] = ItemAnswer(AnswerState.LATER)
    answers["B3"] = ItemAnswer(AnswerState.DONT_KNOW)
    answers["X5"] = ItemAnswer(AnswerState.NOT_APPLICABLE, reason="no tools")
    assert list_unfinished(INSTRUMENT, answers) == ["B2", "C03"]


def test_not_applicable_below_the_cap_is_no_excess() -> None:
    answers = {
        code: ItemAnswer(AnswerState.NOT_APPLICABLE, reason="no tools")
        for code in ("X5", "X6", "X7", "b41", "b43")
    }
    # 2.5 % + 1.43 % + 1.7 % + 2 x 1.86 % of the whole weight
    weight = sum(INSTRUMENT.get_weight(code) for code in answers)
    assert weight == Fraction(25, 1000) + Fraction(1, 70) + Fraction(17, 1000) + 2 * Fraction(13, 700)
    assert find_not_applicable_excess(INSTRUMENT, answers) is None


def test_not_applicable_above_the_cap_is_reported() -> None:
    codes = ("B1", "B2", "B3", "B5", "X5")
    answers = {code: ItemAnswer(AnswerState.NOT_APPLICABLE, reason="none") for code in codes}
    excess = find_not_applicable_excess(INSTRUMENT, answers)
    assert excess is not None
    assert excess.items == codes
    assert excess.weight == Fraction(11875, 100000)
    del answers["B5"]
    assert find_not_applicable_excess(INSTRUMENT, answers) is None  # exactly the cap
