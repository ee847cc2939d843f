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

from accounts.roles import Verb
from assessments.actions import appeals
from assessments.answering import queries
from assessments.answering.questions import in_words
from assessments.models import Appeal, Assessment, Submission, Visit
from assessments.views.access import find, page_context, user_of
from companies.permissions import require
from instrument import load


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def verification(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Own and verified values side by side with the assessor's reasons; POST appeals."""
    assessment, verbs = find(request, pk)
    if request.method != "POST":
        return render(request, "assessments/verification.html", _context(assessment, verbs))
    require(verbs, Verb.APPEAL)
    reasons = {code: request.POST.get(f"{code}-reason", "") for code in request.POST.getlist("items")}
    try:
        appeals.appeal(assessment=assessment, reasons=reasons, by=user_of(request))
    except appeals.NoReason:
        context = _context(assessment, verbs) | {
            "problem": _("Tick the items you object to, and give a reason for each of them.")
        }
        return render(request, "assessments/verification.html", context, status=422)
    except appeals.NoAppeal:
        messages.error(request, _("You cannot appeal any more: the time is over, or an appeal was made."))
    else:
        messages.success(request, _("Your appeal is with the bureau. Another assessor decides about it."))
    return HttpResponseRedirect(reverse("assessments:verification", args=[assessment.pk]))


def _context(assessment: Assessment, verbs: frozenset[Verb]) -> dict[str, Any]:
    verified = (
        Submission.objects.counting()
        .filter(assessment=assessment, kind=Submission.Kind.VERIFIED)
        .select_related("submitted_by")
        .first()
    )
    if verified is None:
        raise Http404
    instrument = load(assessment.round.instrument_version)
    visit = Visit.objects.filter(submission=verified).order_by("-finished_at").first()
    grades = {grade.item: grade for grade in visit.grades.all()} if visit else {}
    own = queries.latest_submission(assessment)
    own_answers, verified_answers = (own.answers() if own else {}), verified.answers()
    rows = []
    for code in instrument.item_order:
        item = instrument.item(code)
        mine, theirs = own_answers.get(code), verified_answers.get(code)
        is_changed = mine is not None and theirs is not None and mine.value != theirs.value
        grade = grades.get(code)
        rows.append((item, in_words(item, mine), in_words(item, theirs), grade, is_changed))
    appealable = appeals.appealable(assessment)
    return page_context(assessment, verbs, "result") | {
        "verified": verified,
        "rows": sorted(rows, key=lambda row: not row[-1]),
        "changed": sum(row[-1] for row in rows),
        "appeals": list(
            Appeal.objects.filter(assessment=assessment).select_related("raised_by").prefetch_related("items")
        ),
        "can_appeal": Verb.APPEAL in verbs and appealable is not None,
        "appeal_until": appeals.appeal_deadline(verified),
    }


@login_required
@require_safe
def reopened(request: HttpRequest, pk: uuid.UUID, item: str) -> HttpResponse:
    """Leads to a question that was given back, in its section."""
    assessment, _verbs = find(request, pk)
    instrument = load(assessment.round.instrument_version)
    if item not in instrument:
        raise Http404
    section = reverse("assessments:section", args=[assessment.pk, instrument.item(item).section])
    return HttpResponseRedirect(f"{section}#{item}")
