"""Saving one answer while filling in: what the browser sends at each change, also later from its queue."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.roles import Verb
from assessments.actions.answers import Frozen, StaleAnswer
from assessments.answering import forms, queries
from assessments.answering.answer_sources import COMPANY, entering_verb, sheet_of
from assessments.answering.comparison_values import values_beside
from assessments.answering.lookup import for_saving
from assessments.answering.questions import Question, questions_of
from assessments.evidence.queries import evidence_of
from assessments.models import Assessment
from assessments.models.answer import AnswerContent
from assessments.views.access import find, page_context, user_of
from assessments.views.sections import (
    conflict_context,
    figure_hints,
    is_of_figures,
    save,
)
from companies.permissions import require
from instrument import Instrument, InvalidAnswer, ProfileFigures, Section, contradictions, load

# Names the replies that come from this view, so that a sign-in page is never taken for "saved".
REPLY_HEADER = "X-Answer"


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, pk: uuid.UUID, item: str) -> HttpResponse:
    """One answer. POST saves it, GET shows the question as it is stored."""
    if not request.user.is_authenticated:
        if is_script(request):
            return reply(HttpResponse(_("You are signed out."), status=401), "signed-out")
        return HttpResponseRedirect(reverse("account_login"))
    if request.method == "POST":
        return save_one(request, pk, item)
    assessment, verbs = find(request, pk)
    return reply(show_question(request, assessment, verbs, item), "shown")


def save_one(request: HttpRequest, pk: uuid.UUID, item: str) -> HttpResponse:
    """Save one answer, with as few statements as possible since this is asked more than anything else.

    The reply to a script says in `X-Answer` how it went: saved, conflict (409), refused (422), closed (403),
    or signed-out (401). A request that does not say which revision it was made from is refused with 400, as no page
    sends one. A plain form is sent back to the section.
    """
    found = for_saving(user_of(request), pk, item)
    if found is None:
        raise Http404
    assessment, verbs, sheet = found.assessment, found.verbs, sheet_of(found.verbs)
    require(verbs, entering_verb(verbs))
    instrument = load(assessment.round.instrument_version)
    if item not in instrument:
        raise Http404
    section = instrument.section(instrument.item(item).section)
    page = {"assessment": assessment, "can_answer": True}
    try:
        form = forms.read(instrument.item(item), request.POST)
        stored = found.stored if sheet is COMPANY else None
        saved = save(assessment, form, request, sheet=sheet, verbs=verbs, stored=stored)
    except StaleAnswer as stale:
        position = section.items.index(item) + 1
        conflict = conflict_context(form, stale.current, position, len(section.items))
        if not is_script(request):
            context = page_context(assessment, verbs, "questionnaire")
            context |= {"section": section, "conflicts": [conflict]}
            return render(request, "assessments/conflicts.html", context, status=409)
        panel = render(request, "assessments/_conflict.html", page | {"conflict": conflict}, status=409)
        return reply(panel, "conflict")
    except InvalidAnswer as error:
        context = page | {"code": item, "message": forms.refusal(error)}
        status = 400 if error.field == "revision" else 422
        return reply(render(request, "assessments/_refused.html", context, status=status), "refused")
    except Frozen:
        context = page | {"code": item, "message": _("The round is closed. This change was not saved.")}
        return reply(render(request, "assessments/_refused.html", context, status=403), "closed")
    if not is_script(request):
        page_of_section = reverse("assessments:section", args=[assessment.pk, section.code])
        return HttpResponseRedirect(f"{page_of_section}#{item}")
    if "whole" in request.POST:
        return reply(show_question(request, assessment, verbs, item), "saved")
    # A provider's figures are compared with the provider's own, never with the company's.
    answers = found.stored if sheet is COMPANY else queries.answers_by_item(assessment, sheet)
    only = replace(section, items=(item,))
    question = question_after(instrument, answers | {item: saved}, found.profile, only)
    # Given what it shows instead of what every page gets: that takes longer than the rest of it.
    context = page | {"question": question, "user": request.user}
    return reply(HttpResponse(render_to_string("assessments/_status.html", context)), "saved")


def is_script(request: HttpRequest) -> bool:
    """Whether the page's script asks, rather than a plain form."""
    return request.headers.get("HX-Request") == "true"


def reply(response: HttpResponse, outcome: str) -> HttpResponse:
    """The response with how it went in its header; never kept by a cache."""
    response[REPLY_HEADER] = outcome
    response["Cache-Control"] = "no-store"
    return response


def show_question(
    request: HttpRequest, assessment: Assessment, verbs: frozenset[Verb], item: str
) -> HttpResponse:
    """The question as the section page would show it now; 404 for one that does not exist."""
    instrument = load(assessment.round.instrument_version)
    if item not in instrument:
        raise Http404
    section = instrument.section(instrument.item(item).section)
    sheet = sheet_of(verbs)
    answers = queries.answers_by_item(assessment, sheet)
    hints, revenue = figure_hints(instrument, assessment, answers)
    questions = questions_of(
        instrument,
        section,
        answers,
        beside=values_beside(assessment, sheet),
        contradictions=hints,
        revenue_wan=revenue,
        evidence=evidence_of(assessment, [item]),
    )
    question = next(question for question in questions if question.item.code == item)
    context = page_context(assessment, verbs, "questionnaire") | {"question": question}
    return render(request, "assessments/_question.html", context)


def question_after(
    instrument: Instrument, answers: Mapping[str, AnswerContent], profile: ProfileFigures, only: Section
) -> Question:
    """The question of a section cut down to it, as saved, with what its figures say; nothing is looked up."""
    given = {code: answer.as_item_answer() for code, answer in answers.items()}
    hints = contradictions.find(instrument, given, profile)
    return questions_of(
        instrument, only, answers, contradictions=[hint for hint in hints if is_of_figures(hint)]
    )[0]
