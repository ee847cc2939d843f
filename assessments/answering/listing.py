"""Answers as lists to read: on the check page, on a receipt and in its document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessments.answering.queries import SectionProgress
from assessments.answering.questions import format_answer_lines, format_figure_lines
from assessments.models import Submission
from instrument import Instrument, Item, ItemAnswer, Section, load_instrument


@dataclass(frozen=True)
class AnswerListRow:
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
    rows: list[AnswerListRow]
    progress: SectionProgress | None = None
    has_problem: bool = False


def list_answer_rows(
    instrument: Instrument, section: Section, answers: Mapping[str, ItemAnswer], differing: frozenset[str]
) -> list[AnswerListRow]:
    """Return the answers of one section in words."""
    rows = []
    for code in section.items:
        item, answer = instrument.get_item(code), answers.get(code)
        rows.append(
            AnswerListRow(
                item=item,
                lines=format_answer_lines(item, answer),
                figures=format_figure_lines(item, answer.figures if answer else {}),
                comment=answer.comment if answer else "",
                is_open=answer is None or not answer.state.counts_as_answered,
                differs=code in differing,
            )
        )
    return rows


def list_submitted_answers(submission: Submission) -> list[SectionAnswers]:
    """Return the answers as they were submitted, in words, by section."""
    instrument = load_instrument(submission.instrument_version)
    answers = submission.read_answers()
    return [
        SectionAnswers(section, list_answer_rows(instrument, section, answers, frozenset()))
        for section in instrument.sections
    ]
