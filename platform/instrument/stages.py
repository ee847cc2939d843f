"""Vectors of stages: one signed byte per item, in the instrument's item order."""

from __future__ import annotations

from array import array
from collections.abc import Mapping

from instrument.answers import AnswerState, ItemAnswer
from instrument.definition import Instrument

MISSING = -1
"""No answer, put off till later, or don't know."""
NOT_APPLICABLE = -2


def get_answer_stage(instrument: Instrument, code: str, answer: ItemAnswer | None) -> int:
    """Return an answer's stage, or `MISSING` or `NOT_APPLICABLE`; raises `InvalidAnswer` for a wrong value."""
    if answer is None:
        return MISSING
    if answer.state is AnswerState.NOT_APPLICABLE:
        return NOT_APPLICABLE
    if answer.state is not AnswerState.ANSWERED or answer.value is None:
        return MISSING
    return instrument.get_item(code).get_stage(answer.value)


def build_vector(instrument: Instrument, answers: Mapping[str, ItemAnswer]) -> bytes:
    """Build the int8 vector of the answers, shape (J,), in `item_order`."""
    return array(
        "b", (get_answer_stage(instrument, code, answers.get(code)) for code in instrument.item_order)
    ).tobytes()


def parse_vector(content: bytes) -> list[int]:
    """Return the stages of a vector, in `item_order`."""
    return array("b", content).tolist()
