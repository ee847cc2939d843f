"""The timeline of a company: stages, submissions and the audit trail in one list; and its evidence and papers."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.roles import Verb
from assessments.models import Document, Evidence
from assessments.reviewing.acceptance import terms
from cohort.queries.file import assessments_of
from cohort.queries.timeline import EVENTS_READ, timeline_of
from cohort.views.company import event_words
from cohort.views.company_parts import PER_PAGE, company_of, frame
from companies.permissions import require
from instrument import load


@login_required
@require_safe
def timeline(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Everything that happened, latest first."""
    user, company, verbs = company_of(request, pk)
    events = timeline_of(user, company, assessments_of(user, company), sees_answers=Verb.SEE_ANSWERS in verbs)
    page = Paginator(events, PER_PAGE).get_page(request.GET.get("page", "1"))
    context = frame(user, company, verbs, "timeline") | {
        "page": page,
        "rows": [(event, event_words(event)) for event in page],
        "most": EVENTS_READ,
    }
    return render(request, "cohort/file/timeline_page.html", context)


@login_required
@require_safe
def papers(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Evidence by round and item, and the papers of acceptance."""
    user, company, verbs = company_of(request, pk)
    require(verbs, Verb.SEE_ANSWERS)
    assessments = assessments_of(user, company)
    instrument = load(assessments[-1].round.instrument_version) if assessments else load()
    evidence = (
        Evidence.objects.visible_to(user)
        .present()
        .filter(assessment__company=company)
        .select_related("uploaded_by", "assessment__round")
        .order_by("-assessment__round__opens_at", "item", "uploaded_at")
    )
    kinds = {kind.code: kind.name for kind in terms().documents}
    documents = (
        Document.objects.visible_to(user)
        .present()
        .filter(assessment__company=company)
        .select_related("uploaded_by", "assessment__round")
    )
    page = Paginator(evidence, PER_PAGE).get_page(request.GET.get("page", "1"))
    context = frame(user, company, verbs, "papers") | {
        "page": page,
        "rows": [(file, instrument.item(file.item) if file.item in instrument else None) for file in page],
        "documents": [(file, kinds.get(file.kind)) for file in documents],
        "assessments": assessments,
        "can_file": Verb.ACCEPT in verbs,
    }
    return render(request, "cohort/file/papers_page.html", context)
