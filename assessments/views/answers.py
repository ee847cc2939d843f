"""Saving one answer while filling in: what the browser sends at each change, also later from its queue."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.roles import Verb
from assessments import forms, queries
from assessments.actions.answers import Frozen, StaleAnswer
from assessments.evidence import evidence_of
from assessments.models import Assessment
from assessments.models.answer import AnswerContent
from assessments.questionnaire import Question, questions_of
from assessments.views.access import find, page_context
from assessments.views.sections import conflict_context, dimension_of, figure_hints, save
from instrument import Contradiction, Dimension, Instrument, InvalidAnswer, load

# Names the replies that come from this view, so that a sign-in page is never taken for "saved".
REPLY_HEADER = "X-Answer"


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, pk: uuid.UUID, item: str) -> HttpResponse:
    """One answer. POST saves it, GET shows the question as it is stored.

    The reply to a script says in `X-Answer` how it went: saved, conflict (409), refused (422), closed (403),
    or signed-out (401). A request that does not say which revision it was made from is refused with 400, as no page
    sends one. A plain form is sent back to the section.
    """
    is_script = request.headers.get("HX-Request") == "true"
    if not request.user.is_authenticated:
        if is_script:
            return reply(HttpResponse(_("You are signed out."), status=401), "signed-out")
        return HttpResponseRedirect(reverse("account_login"))
    assessment, verbs = find(request, pk, Verb.ANSWER if request.method == "POST" else Verb.SEE_ANSWERS)
    instrument = load(assessment.round.instrument_version)
    if item not in instrument:
        raise Http404
    dimension = dimension_of(instrument, instrument.item(item).dimension)
    page = page_context(assessment, verbs, "questionnaire")
    if request.method != "POST":
        question = question_now(instrument, assessment, dimension, item)
        return reply(render(request, "assessments/_question.html", page | {"question": question}), "shown")
    try:
        form = forms.read(instrument.item(item), request.POST)
        saved = save(assessment, form, request)
    except StaleAnswer as stale:
        position = dimension.items.index(item) + 1
        conflict = conflict_context(form, stale.current, position, len(dimension.items))
        if not is_script:
            context = page | {"dimension": dimension, "conflicts": [conflict]}
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
    if not is_script:
        section = reverse("assessments:section", args=[assessment.pk, dimension.code])
        return HttpResponseRedirect(f"{section}#{item}")
    if "whole" in request.POST:
        question = question_now(instrument, assessment, dimension, item)
        return reply(render(request, "assessments/_question.html", page | {"question": question}), "saved")
    question = question_after(instrument, assessment, dimension, saved)
    return reply(render(request, "assessments/_status.html", page | {"question": question}), "saved")


def reply(response: HttpResponse, outcome: str) -> HttpResponse:
    """The response with how it went in its header; never kept by a cache."""
    response[REPLY_HEADER] = outcome
    response["Cache-Control"] = "no-store"
    return response


def question_now(instrument: Instrument, assessment: Assessment, dimension: Dimension, item: str) -> Question:
    """The question as the section page would show it now."""
    answers = queries.answers_by_item(assessment)
    _round, previous = queries.previous_answers(assessment)
    hints, revenue = figure_hints(instrument, assessment, answers)
    questions = questions_of(
        instrument,
        dimension,
        answers,
        previous=previous,
        contradictions=hints,
        revenue_wan=revenue,
        evidence=evidence_of(assessment, [item]),
    )
    return next(question for question in questions if question.item.code == item)


def question_after(
    instrument: Instrument, assessment: Assessment, dimension: Dimension, saved: AnswerContent
) -> Question:
    """The question just saved; hints are looked up only for items that have figures, to keep saving cheap."""
    item = instrument.item(saved.item)
    hints: list[Contradiction] = []
    if item.figures:
        hints, _revenue = figure_hints(instrument, assessment, queries.answers_by_item(assessment))
    only = Dimension(
        dimension.code, dimension.name, dimension.short, dimension.intro, dimension.weight, (saved.item,)
    )
    return questions_of(instrument, only, {saved.item: saved}, previous={}, contradictions=hints)[0]
