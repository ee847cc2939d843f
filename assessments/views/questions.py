"""All questions on one page to print, so that facts can be collected before anybody signs in again."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.answering.questions import questions_of
from assessments.views.access import find, page_context
from instrument import load


@login_required
@require_safe
def questions(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The whole questionnaire without answers."""
    assessment, verbs = find(request, pk)
    instrument = load(assessment.round.instrument_version)
    context = page_context(assessment, verbs, "questionnaire")
    context |= {
        "instrument": instrument,
        "sections": [
            (number, section, questions_of(instrument, section, {}))
            for number, section in enumerate(instrument.sections, start=1)
        ],
    }
    return render(request, "assessments/questions.html", context)
