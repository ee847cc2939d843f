"""All questions on one page to print, so that facts can be collected before anybody signs in again."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.answering.questions import build_questions
from assessments.views.access import build_page_context, get_assessment
from instrument import load_instrument


@login_required
@require_safe
def show_questions(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the whole questionnaire without answers."""
    assessment, verbs = get_assessment(request, pk)
    instrument = load_instrument(assessment.round.instrument_version)
    context = build_page_context(assessment, verbs, "questionnaire")
    context |= {
        "instrument": instrument,
        "sections": [
            (number, section, build_questions(instrument, section, {}))
            for number, section in enumerate(instrument.sections, start=1)
        ],
    }
    return render(request, "assessments/questions.html", context)
