"""Who answered what and when: the present value of an item and all that it was."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.answering.questions import figures_in_words, in_words
from assessments.models.answer import AnswerContent
from assessments.people import participants
from assessments.views.access import find, page_context
from instrument import Item, load


@dataclass(frozen=True)
class Change:
    """One value of an item: what was said, in words, and the row that says who said it and when."""

    row: AnswerContent
    lines: list[str]
    figures: list[str]


@login_required
@require_safe
def changes(request: HttpRequest, pk: uuid.UUID, item: str) -> HttpResponse:
    """The history of one answer, the latest first."""
    assessment, verbs = find(request, pk)
    instrument = load(assessment.round.instrument_version)
    if item not in instrument:
        raise Http404
    context = page_context(assessment, verbs, "questionnaire")
    found = instrument.item(item)
    context |= {
        "item": found,
        "changes": [
            change_of(found, row) for row in participants.values_of(assessment, item, context["sheet"])
        ],
    }
    return render(request, "assessments/changes.html", context)


def change_of(item: Item, row: AnswerContent) -> Change:
    """A stored value in words; one without a state has figures or a comment only."""
    answer = row.as_item_answer()
    return Change(
        row,
        in_words(item, answer) if row.state else [],
        figures_in_words(item, answer.figures),
    )
