"""The conversations with companies: who waits for an answer, and those of one company in its file."""

from __future__ import annotations

import uuid
from collections import Counter

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.roles import Permission
from assessments.actions.messages import mark_thread_read
from assessments.models import Assessment, Message, MessageSide
from assessments.notifications.conversation import find_conversation, list_threads
from cohort.filters import CohortFilters
from cohort.views.company_parts import build_file_context, get_company_access
from cohort.views.desk import get_cohort_context
from companies.permissions import require

PER_PAGE = 50


@login_required
@require_safe
def show_messages(request: HttpRequest) -> HttpResponse:
    """Show all conversations in the person's scope; `waiting` keeps those where one side has to answer."""
    desk = get_cohort_context(request, CohortFilters.read(request.GET))
    require(desk.verbs, Permission.READ_MESSAGES)
    waiting = request.GET.get("waiting", "")
    threads = list_threads(desk.user, waiting)
    page = Paginator(threads, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "nav": "messages",
        "page": page,
        "waiting": waiting if waiting in MessageSide.values else "",
        "sides": MessageSide.choices,
        "companies_waiting": list_threads(desk.user, MessageSide.BUREAU).count(),
    }
    return render(request, "cohort/messages.html", context)


@login_required
@require_safe
def show_company_messages(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show what the bureau and a company wrote; `round` chooses one. What is shown counts as read."""
    user, company, verbs = get_company_access(request, pk)
    require(verbs, Permission.READ_MESSAGES)
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
    conversation = find_conversation(chosen, user, verbs, MessageSide.BUREAU) if chosen is not None else None
    if chosen is not None and conversation is not None and conversation.unread:
        mark_thread_read(assessment=chosen, by=user)
    context = build_file_context(user, company, verbs, "messages") | {
        "rounds": [(assessment.round.code, counts[assessment.pk]) for assessment in assessments],
        "assessment": chosen,
        "conversation": conversation,
        "back": f"{request.path}?round={chosen.round.code}" if chosen is not None else "",
    }
    return render(request, "cohort/file/messages_page.html", context)
