"""Vectors of stages: one signed byte per item, in the instrument's item order."""

from __future__ import annotations

from array import array
from collections.abc import Mapping

from instrument.answers import AnswerState, ItemAnswer
from instrument.definition import Instrument

MISSING = -1
"""No answer, put off till later, or don't know."""
NOT_APPLICABLE = -2


def stage_of(instrument: Instrument, code: str, answer: ItemAnswer | None) -> int:
    """The stage of one answer, or `MISSING` or `NOT_APPLICABLE`; raises `InvalidAnswer` for a wrong value."""
    if answer is None:
        return MISSING
    if answer.state is AnswerState.NOT_APPLICABLE:
        return NOT_APPLICABLE
    if answer.state is not AnswerState.ANSWERED or answer.value is None:
        return MISSING
    return instrument.item(code).stage(answer.value)


def vector(instrument: Instrument, answers: Mapping[str, ItemAnswer]) -> bytes:
    """The answers as int8 of shape (J,), in `item_order`."""
    return array(
        "b", (stage_of(instrument, code, answers.get(code)) for code in instrument.item_order)
    ).tobytes()


def unvector(content: bytes) -> list[int]:
    """The stages of a vector, in `item_order`."""
    return array("b", content).tolist()
