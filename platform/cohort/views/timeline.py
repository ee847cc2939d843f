"""The timeline of a company: stages, submissions and the audit trail in one list; and its evidence and papers."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.roles import Permission
from assessments.models import Document, Evidence
from assessments.reviewing.acceptance import load_terms
from cohort.queries.file import list_company_assessments
from cohort.queries.timeline import EVENTS_READ, list_timeline_events
from cohort.views.company import format_event
from cohort.views.company_parts import PER_PAGE, build_file_context, get_company_access
from companies.permissions import require
from instrument import load_instrument


@login_required
@require_safe
def show_timeline(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show everything that happened, latest first."""
    user, company, verbs = get_company_access(request, pk)
    events = list_timeline_events(
        user, company, list_company_assessments(user, company), sees_answers=Permission.SEE_ANSWERS in verbs
    )
    page = Paginator(events, PER_PAGE).get_page(request.GET.get("page", "1"))
    context = build_file_context(user, company, verbs, "timeline") | {
        "page": page,
        "rows": [(event, format_event(event)) for event in page],
        "most": EVENTS_READ,
    }
    return render(request, "cohort/file/timeline_page.html", context)


@login_required
@require_safe
def show_papers(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show evidence by round and item, and the papers of acceptance."""
    user, company, verbs = get_company_access(request, pk)
    require(verbs, Permission.SEE_ANSWERS)
    assessments = list_company_assessments(user, company)
    instrument = (
        load_instrument(assessments[-1].round.instrument_version) if assessments else load_instrument()
    )
    evidence = (
        Evidence.objects.visible_to(user)
        .exclude_removed()
        .filter(assessment__company=company)
        .select_related("uploaded_by", "assessment__round")
        .order_by("-assessment__round__opens_at", "item", "uploaded_at")
    )
    kinds = {kind.code: kind.name for kind in load_terms().documents}
    documents = (
        Document.objects.visible_to(user)
        .exclude_removed()
        .filter(assessment__company=company)
        .select_related("uploaded_by", "assessment__round")
    )
    page = Paginator(evidence, PER_PAGE).get_page(request.GET.get("page", "1"))
    context = build_file_context(user, company, verbs, "papers") | {
        "page": page,
        "rows": [
            (file, instrument.get_item(file.item) if file.item in instrument else None) for file in page
        ],
        "documents": [(file, kinds.get(file.kind)) for file in documents],
        "assessments": assessments,
        "can_file": Permission.ACCEPT in verbs,
    }
    return render(request, "cohort/file/papers_page.html", context)
