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

from accounts.roles import Permission
from assessments.actions.answers import AnswersLocked
from assessments.answering import forms, queries
from assessments.answering.answer_sources import COMPANY, get_answer_source, get_entering_permission
from assessments.answering.comparison_values import list_comparison_values
from assessments.answering.lookup import look_up_answer
from assessments.answering.questions import FormQuestion, build_questions
from assessments.answering.revisions import StaleAnswer
from assessments.evidence.queries import get_evidence_by_item
from assessments.models import Assessment
from assessments.models.answer import AnswerContent
from assessments.views.access import build_page_context, get_assessment, get_signed_in_user
from assessments.views.sections import (
    build_conflict_context,
    find_figure_hints,
    is_figure_hint,
    save_posted_answer,
)
from companies.permissions import require
from instrument import Instrument, InvalidAnswer, ProfileFigures, Section, contradictions, load_instrument

# Names the replies that come from this view, so that a sign-in page is never taken for "saved".
REPLY_HEADER = "X-Answer"


@require_http_methods(["GET", "HEAD", "POST"])
def handle_answer(request: HttpRequest, pk: uuid.UUID, item: str) -> HttpResponse:
    """Show the question of one answer as it is stored; a POST saves the answer."""
    if not request.user.is_authenticated:
        if is_from_script(request):
            return reply(HttpResponse(_("You are signed out."), status=401), "signed-out")
        return HttpResponseRedirect(reverse("account_login"))
    if request.method == "POST":
        return save_single_answer(request, pk, item)
    assessment, verbs = get_assessment(request, pk)
    return reply(show_question(request, assessment, verbs, item), "shown")


def save_single_answer(request: HttpRequest, pk: uuid.UUID, item: str) -> HttpResponse:
    """Save one answer, with as few statements as possible since this is asked more than anything else.

    The reply to a script says in `X-Answer` how it went: saved, conflict (409), refused (422), closed (403),
    or signed-out (401). A request that does not say which revision it was made from is refused with 400, as no page
    sends one. A plain form is sent back to the section.
    """
    found = look_up_answer(get_signed_in_user(request), pk, item)
    if found is None:
        raise Http404
    assessment, verbs, sheet = found.assessment, found.verbs, get_answer_source(found.verbs)
    require(verbs, get_entering_permission(verbs))
    instrument = load_instrument(assessment.round.instrument_version)
    if item not in instrument:
        raise Http404
    section = instrument.get_section(instrument.get_item(item).section)
    page = {"assessment": assessment, "can_answer": True}
    try:
        form = forms.read_posted_answer(instrument.get_item(item), request.POST)
        stored = found.stored if sheet is COMPANY else None
        saved = save_posted_answer(assessment, form, request, sheet=sheet, verbs=verbs, stored=stored)
    except StaleAnswer as stale:
        position = section.items.index(item) + 1
        conflict = build_conflict_context(form, stale.current, position, len(section.items))
        if not is_from_script(request):
            context = build_page_context(assessment, verbs, "questionnaire")
            context |= {"section": section, "conflicts": [conflict]}
            return render(request, "assessments/conflicts.html", context, status=409)
        panel = render(request, "assessments/_conflict.html", page | {"conflict": conflict}, status=409)
        return reply(panel, "conflict")
    except InvalidAnswer as error:
        context = page | {"code": item, "message": forms.format_refusal(error)}
        status = 400 if error.field == "revision" else 422
        return reply(render(request, "assessments/_refused.html", context, status=status), "refused")
    except AnswersLocked:
        context = page | {"code": item, "message": _("The round is closed. This change was not saved.")}
        return reply(render(request, "assessments/_refused.html", context, status=403), "closed")
    if not is_from_script(request):
        page_of_section = reverse("assessments:section", args=[assessment.pk, section.code])
        return HttpResponseRedirect(f"{page_of_section}#{item}")
    if "whole" in request.POST:
        return reply(show_question(request, assessment, verbs, item), "saved")
    # A provider's figures are compared with the provider's own, never with the company's.
    answers = found.stored if sheet is COMPANY else queries.get_answers_by_item(assessment, sheet)
    only = replace(section, items=(item,))
    question = build_saved_question(instrument, answers | {item: saved}, found.profile, only)
    # Given what it shows instead of what every page gets: that takes longer than the rest of it.
    context = page | {"question": question, "user": request.user}
    return reply(HttpResponse(render_to_string("assessments/_status.html", context)), "saved")


def is_from_script(request: HttpRequest) -> bool:
    """Return whether the page's script asks, rather than a plain form."""
    return request.headers.get("HX-Request") == "true"


def reply(response: HttpResponse, outcome: str) -> HttpResponse:
    """Put the outcome into the response's header, and keep the response from every cache."""
    response[REPLY_HEADER] = outcome
    response["Cache-Control"] = "no-store"
    return response


def show_question(
    request: HttpRequest, assessment: Assessment, verbs: frozenset[Permission], item: str
) -> HttpResponse:
    """Show the question as the section page would show it now; 404 for one that does not exist."""
    instrument = load_instrument(assessment.round.instrument_version)
    if item not in instrument:
        raise Http404
    section = instrument.get_section(instrument.get_item(item).section)
    sheet = get_answer_source(verbs)
    answers = queries.get_answers_by_item(assessment, sheet)
    hints, revenue = find_figure_hints(instrument, assessment, answers)
    questions = build_questions(
        instrument,
        section,
        answers,
        beside=list_comparison_values(assessment, sheet),
        contradictions=hints,
        revenue_wan=revenue,
        evidence=get_evidence_by_item(assessment, [item]),
    )
    question = next(question for question in questions if question.item.code == item)
    context = build_page_context(assessment, verbs, "questionnaire") | {"question": question}
    return render(request, "assessments/_question.html", context)


def build_saved_question(
    instrument: Instrument, answers: Mapping[str, AnswerContent], profile: ProfileFigures, only: Section
) -> FormQuestion:
    """Return a section's one question, as saved, with what its figures say; nothing is looked up."""
    given = {code: answer.build_item_answer() for code, answer in answers.items()}
    hints = contradictions.find(instrument, given, profile)
    return build_questions(
        instrument, only, answers, contradictions=[hint for hint in hints if is_figure_hint(hint)]
    )[0]
