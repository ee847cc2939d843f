"""Answers to items, and whether a set of them may be submitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from instrument.definition import Instrument
from instrument.errors import InvalidAnswer
from instrument.item import Value


class AnswerState(StrEnum):
    """State of an item: answered, or why not."""

    ANSWERED = "answered"
    DONT_KNOW = "dont_know"
    NOT_APPLICABLE = "not_applicable"
    LATER = "later"

    @property
    def counts_as_answered(self) -> bool:
        """Whether an item in this state is done with: only what is put off till later is still open."""
        return self is not AnswerState.LATER


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """The answer to one item.

    `value` is None unless the state is answered; `reason` says why an item does not apply; `figures` are
    decimal strings by figure code.
    """

    state: AnswerState
    value: Value | None = None
    reason: str = ""
    figures: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""


@dataclass(frozen=True, slots=True)
class NotApplicableExcess:
    """Items said not to apply that together weigh more than the cap; both are shares of the whole weight."""

    weight: Fraction
    cap: Fraction
    items: tuple[str, ...]


def check_answer(instrument: Instrument, code: str, answer: ItemAnswer) -> ItemAnswer:
    """Return the answer with value and figures in normal form; raises `InvalidAnswer`."""
    if code not in instrument:
        raise InvalidAnswer(code, "item", "unknown_item", "there is no such item")
    item = instrument.get_item(code)
    if answer.state is AnswerState.ANSWERED:
        if answer.value is None:
            raise InvalidAnswer(code, "value", "value_required", "an answered item needs a value")
        value: Value | None = item.parse(answer.value)
    elif answer.value is not None:
        raise InvalidAnswer(code, "value", "value_not_allowed", f"state {answer.state} takes no value")
    else:
        value = None
    if answer.state is AnswerState.NOT_APPLICABLE:
        if code not in instrument.not_applicable_allowed:
            raise InvalidAnswer(code, "state", "not_allowed", "this item applies to every company")
        if not answer.reason.strip():
            raise InvalidAnswer(code, "reason", "reason_required", "say why the item does not apply")
    known = {figure.code: figure for figure in item.figures}
    figures = {}
    for figure_code, raw in answer.figures.items():
        if figure_code not in known:
            raise InvalidAnswer(
                code, figure_code, "unknown_figure", f"the item has no figure {figure_code!r}"
            )
        figures[figure_code] = known[figure_code].parse(code, raw)
    return ItemAnswer(answer.state, value, answer.reason, figures, answer.comment)


def list_unfinished(instrument: Instrument, answers: Mapping[str, ItemAnswer]) -> list[str]:
    """List the items that keep a set from being submitted: without an answer, or put off till later."""
    return [
        code
        for code in instrument.item_order
        if code not in answers or not answers[code].state.counts_as_answered
    ]


def find_not_applicable_excess(
    instrument: Instrument, answers: Mapping[str, ItemAnswer]
) -> NotApplicableExcess | None:
    """Find what is said not to apply if it weighs more than the cap, else None. The cap itself is allowed."""
    items = tuple(
        code
        for code in instrument.item_order
        if code in answers and answers[code].state is AnswerState.NOT_APPLICABLE
    )
    weight = sum((instrument.get_weight(code) for code in items), Fraction(0))
    if weight <= instrument.not_applicable_cap:
        return None
    return NotApplicableExcess(weight=weight, cap=instrument.not_applicable_cap, items=items)
