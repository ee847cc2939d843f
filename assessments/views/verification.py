"""What was verified on site, as the company reads it, and its appeal."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Permission
from assessments.actions import appeals
from assessments.answering import queries
from assessments.answering.questions import format_answer_lines
from assessments.models import Appeal, Assessment, Submission, Visit
from assessments.views.access import build_page_context, get_assessment, get_signed_in_user
from companies.permissions import require
from instrument import load_instrument


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_verification(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show own and verified values side by side with the assessor's reasons; POST appeals."""
    assessment, verbs = get_assessment(request, pk)
    if request.method != "POST":
        return render(request, "assessments/verification.html", _build_context(assessment, verbs))
    require(verbs, Permission.APPEAL)
    reasons = {code: request.POST.get(f"{code}-reason", "") for code in request.POST.getlist("items")}
    try:
        appeals.raise_appeal(assessment=assessment, reasons=reasons, by=get_signed_in_user(request))
    except appeals.NoReason:
        context = _build_context(assessment, verbs) | {
            "problem": _("Tick the items you object to, and give a reason for each of them.")
        }
        return render(request, "assessments/verification.html", context, status=422)
    except appeals.NoAppeal:
        messages.error(request, _("You cannot appeal any more: the time is over, or an appeal was made."))
    else:
        messages.success(request, _("Your appeal is with the bureau. Another assessor decides about it."))
    return HttpResponseRedirect(reverse("assessments:verification", args=[assessment.pk]))


def _build_context(assessment: Assessment, verbs: frozenset[Permission]) -> dict[str, Any]:
    verified = (
        Submission.objects.filter_counting()
        .filter(assessment=assessment, kind=Submission.Kind.VERIFIED)
        .select_related("submitted_by")
        .first()
    )
    if verified is None:
        raise Http404
    instrument = load_instrument(assessment.round.instrument_version)
    visit = Visit.objects.filter(submission=verified).order_by("-finished_at").first()
    grades = {grade.item: grade for grade in visit.grades.all()} if visit else {}
    own = queries.find_latest_submission(assessment)
    own_answers, verified_answers = (own.read_answers() if own else {}), verified.read_answers()
    rows = []
    for code in instrument.item_order:
        item = instrument.get_item(code)
        mine, theirs = own_answers.get(code), verified_answers.get(code)
        is_changed = mine is not None and theirs is not None and mine.value != theirs.value
        grade = grades.get(code)
        rows.append(
            (item, format_answer_lines(item, mine), format_answer_lines(item, theirs), grade, is_changed)
        )
    appealable = appeals.find_appealable_submission(assessment)
    return build_page_context(assessment, verbs, "result") | {
        "verified": verified,
        "rows": sorted(rows, key=lambda row: not row[-1]),
        "changed": sum(row[-1] for row in rows),
        "appeals": list(
            Appeal.objects.filter(assessment=assessment).select_related("raised_by").prefetch_related("items")
        ),
        "can_appeal": Permission.APPEAL in verbs and appealable is not None,
        "appeal_until": appeals.get_appeal_deadline(verified),
    }


@login_required
@require_safe
def redirect_to_returned_item(request: HttpRequest, pk: uuid.UUID, item: str) -> HttpResponse:
    """Lead to a question that was given back, in its section."""
    assessment, _verbs = get_assessment(request, pk)
    instrument = load_instrument(assessment.round.instrument_version)
    if item not in instrument:
        raise Http404
    section = reverse("assessments:section", args=[assessment.pk, instrument.get_item(item).section])
    return HttpResponseRedirect(f"{section}#{item}")
