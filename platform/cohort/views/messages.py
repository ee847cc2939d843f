"""The conversations with companies: who waits for an answer, and those of one company in its file."""

from __future__ import annotations

import uuid
from collections import Counter

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.roles import Verb
from assessments.actions.messages import mark_read
from assessments.models import Assessment, Message, Side
from assessments.notifications.conversation import conversation_of, threads_for
from cohort.filters import Filters
from cohort.views.company_parts import company_of, frame
from cohort.views.desk import desk_of
from companies.permissions import require

PER_PAGE = 50


@login_required
@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """All conversations in the person's scope; `waiting` keeps those in which one side has to answer."""
    desk = desk_of(request, Filters.read(request.GET))
    require(desk.verbs, Verb.READ_MESSAGES)
    waiting = request.GET.get("waiting", "")
    threads = threads_for(desk.user, waiting)
    page = Paginator(threads, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "nav": "messages",
        "page": page,
        "waiting": waiting if waiting in Side.values else "",
        "sides": Side.choices,
        "companies_waiting": threads_for(desk.user, Side.BUREAU).count(),
    }
    return render(request, "cohort/messages.html", context)


@login_required
@require_safe
def of_company(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What the bureau and a company wrote, round by round; `round` chooses. What is shown counts as read."""
    user, company, verbs = company_of(request, pk)
    require(verbs, Verb.READ_MESSAGES)
    assessments = list(
        Assessment.objects.visible_to(user)
        .filter(company=company)
        .select_related("round__programme")
        .order_by("round__opens_at", "round__code")
    )
    counts = Counter(Message.objects.filter(assessment__in=assessments).values_list("assessment", flat=True))
    said = [assessment for assessment in assessments if counts[assessment.pk]]
    asked = [found for found in assessments if found.round.code == request.GET.get("round", "")]
    chosen = next(reversed([*assessments[-1:], *said[-1:], *asked]), None)
    conversation = conversation_of(chosen, user, verbs, Side.BUREAU) if chosen is not None else None
    if chosen is not None and conversation is not None and conversation.unread:
        mark_read(assessment=chosen, by=user)
    context = frame(user, company, verbs, "messages") | {
        "rounds": [(assessment.round.code, counts[assessment.pk]) for assessment in assessments],
        "assessment": chosen,
        "conversation": conversation,
        "back": f"{request.path}?round={chosen.round.code}" if chosen is not None else "",
    }
    return render(request, "cohort/file/messages_page.html", context)
