"""What keeps an assessment from being submitted. Saving never asks; submitting does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from assessments.answering.answer_sources import COMPANY, AnswerSource
from assessments.models import Assessment
from instrument import (
    AnswerState,
    Instrument,
    InvalidAnswer,
    ItemAnswer,
    find_not_applicable_excess,
    load_instrument,
)

Kind = Literal["missing", "later", "reason", "figure", "too_many_not_applicable"]


@dataclass(frozen=True)
class SubmissionProblem:
    """One thing to put right before submitting: which question, in which section, and what to do."""

    item: str
    section: str
    kind: Kind
    message: str


def get_present_answers(assessment: Assessment, sheet: AnswerSource = COMPANY) -> dict[str, ItemAnswer]:
    """Return the present answers of a sheet by item code; one query."""
    rows = sheet.present._default_manager.filter(assessment=assessment, state__isnull=False)
    return {answer.item: answer.build_item_answer() for answer in rows}


def list_assessment_problems(assessment: Assessment) -> list[SubmissionProblem]:
    """List all that keeps the present answers from being submitted, in the order of the questionnaire."""
    return list_answer_problems(
        load_instrument(assessment.round.instrument_version), get_present_answers(assessment)
    )


def list_answer_problems(
    instrument: Instrument, answers: Mapping[str, ItemAnswer]
) -> list[SubmissionProblem]:
    """List all that keeps a set of answers from being submitted, in the order of the questionnaire."""
    found = [
        SubmissionProblem(code, section.code, kind, message)
        for section in instrument.sections
        for code in section.items
        for kind, message in _list_item_problems(instrument, code, answers.get(code))
    ]
    excess = find_not_applicable_excess(instrument, answers)
    if excess is not None:
        first = instrument.get_item(excess.items[0])
        found.append(
            SubmissionProblem(
                first.code,
                first.section,
                "too_many_not_applicable",
                _(
                    "Too many questions are marked as not applicable: together they may weigh at most %(cap)d%%. "
                    "Answer some of them."
                )
                % {"cap": round(excess.cap * 100)},
            )
        )
    return found


def _list_item_problems(
    instrument: Instrument, code: str, answer: ItemAnswer | None
) -> list[tuple[Kind, str]]:
    if answer is None:
        return [("missing", _("Choose an answer."))]
    if answer.state is AnswerState.LATER:
        return [("later", _("You put this off. Answer it, or say that you don’t know."))]
    found: list[tuple[Kind, str]] = []
    if answer.state is AnswerState.NOT_APPLICABLE and not answer.reason.strip():
        found.append(("reason", _("Say why this does not apply.")))
    for figure in instrument.get_item(code).figures:
        typed = answer.figures.get(figure.code)
        if typed is None:
            continue
        try:
            figure.parse(code, typed)
        except InvalidAnswer:
            message = (
                _("“%(typed)s” is not a whole number of zero or more. Use digits only.")
                if figure.kind == "integer"
                else _("“%(typed)s” is not a number of zero or more. Use digits and a decimal point.")
            )
            found.append(("figure", message % {"typed": typed}))
    return found
