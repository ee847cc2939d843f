"""Who answered what and when: the present value of an item and all that it was."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.answering.questions import format_answer_lines, format_figure_lines
from assessments.models.answer import AnswerContent
from assessments.people import participants
from assessments.views.access import build_page_context, get_assessment
from instrument import Item, load_instrument


@dataclass(frozen=True)
class AnswerChange:
    """One value of an item: what was said, in words, and the row that says who said it and when."""

    row: AnswerContent
    lines: list[str]
    figures: list[str]


@login_required
@require_safe
def show_answer_changes(request: HttpRequest, pk: uuid.UUID, item: str) -> HttpResponse:
    """Show the history of one answer, the latest first."""
    assessment, verbs = get_assessment(request, pk)
    instrument = load_instrument(assessment.round.instrument_version)
    if item not in instrument:
        raise Http404
    context = build_page_context(assessment, verbs, "questionnaire")
    found = instrument.get_item(item)
    context |= {
        "item": found,
        "changes": [
            build_answer_change(found, row)
            for row in participants.list_item_values(assessment, item, context["sheet"])
        ],
    }
    return render(request, "assessments/changes.html", context)


def build_answer_change(item: Item, row: AnswerContent) -> AnswerChange:
    """Return a stored value in words; one without a state has figures or a comment only."""
    answer = row.build_item_answer()
    return AnswerChange(
        row,
        format_answer_lines(item, answer) if row.state else [],
        format_figure_lines(item, answer.figures),
    )
