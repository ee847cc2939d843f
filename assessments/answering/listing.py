"""Answers as lists to read: on the check page, on a receipt and in its document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessments.answering.queries import SectionProgress
from assessments.answering.questions import figures_in_words, in_words
from assessments.models import Submission
from instrument import AnswerState, Instrument, Item, ItemAnswer, Section, load


@dataclass(frozen=True)
class AnswerRow:
    """One line of a list of answers."""

    item: Item
    lines: list[str]
    figures: list[str]
    comment: str
    is_open: bool
    differs: bool


@dataclass(frozen=True)
class SectionAnswers:
    """The answers of one section as a list; `has_problem` where something keeps it from being submitted."""

    section: Section
    rows: list[AnswerRow]
    progress: SectionProgress | None = None
    has_problem: bool = False


def rows_of(
    instrument: Instrument, section: Section, answers: Mapping[str, ItemAnswer], differing: frozenset[str]
) -> list[AnswerRow]:
    """The answers of one section in words."""
    rows = []
    for code in section.items:
        item, answer = instrument.item(code), answers.get(code)
        rows.append(
            AnswerRow(
                item=item,
                lines=in_words(item, answer),
                figures=figures_in_words(item, answer.figures if answer else {}),
                comment=answer.comment if answer else "",
                is_open=answer is None or answer.state is AnswerState.LATER,
                differs=code in differing,
            )
        )
    return rows


def submitted_answers(submission: Submission) -> list[SectionAnswers]:
    """The answers as they were submitted, in words, by section."""
    instrument = load(submission.instrument_version)
    answers = submission.answers()
    return [
        SectionAnswers(section, rows_of(instrument, section, answers, frozenset()))
        for section in instrument.sections
    ]
