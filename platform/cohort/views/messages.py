"""The conversations with companies, and who waits for an answer."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.roles import Verb
from assessments.conversation import threads_for
from assessments.models import Side
from cohort.filters import Filters
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
