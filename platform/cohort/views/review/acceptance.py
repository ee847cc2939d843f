"""Acceptance of one verified company: conditions, papers, and the decision."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.roles import Permission
from assessments.actions import acceptance as actions
from assessments.models import ConditionCheck
from assessments.reviewing.acceptance import load_terms
from assessments.reviewing.acceptance.checklist import build_checklist
from assessments.views.access import get_assessment, get_signed_in_user
from companies.names import get_company_name
from companies.permissions import require


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_acceptance(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the checklist; POST stores the finding about one condition."""
    assessment, verbs = get_assessment(request, pk, Permission.SEE_FLAGS)
    if request.method == "POST":
        require(verbs, Permission.ACCEPT)
        finding = request.POST.get("finding", "")
        if finding in ConditionCheck.Finding.values:
            try:
                actions.check_condition(
                    assessment=assessment,
                    condition=request.POST.get("condition", ""),
                    finding=ConditionCheck.Finding(finding),
                    note=request.POST.get("note", ""),
                    by=get_signed_in_user(request),
                )
            except actions.UnknownCondition:
                messages.error(request, _("There is no such condition to check."))
        return HttpResponseRedirect(reverse("cohort:acceptance", args=[assessment.pk]))
    rows = build_checklist(assessment)
    names = {entry.code: entry.name for entry in load_terms().conditions}
    names |= {kind.code: kind.name for kind in load_terms().documents}
    return render(
        request,
        "cohort/review/acceptance.html",
        {
            "nav": "queue",
            "assessment": assessment,
            "company": assessment.company,
            "company_name": get_company_name(get_language() or "en", assessment.company),
            "checklist": rows,
            "missing": [names[code] for code in rows.missing],
            "basis": load_terms().basis,
            "findings": ConditionCheck.Finding.choices,
            # Others at the desk read what is missing and change nothing.
            "can_accept": Permission.ACCEPT in verbs and assessment.accepted_at is None,
        },
    )


@login_required
@require_POST
def accept(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Accept the company."""
    assessment, _verbs = get_assessment(request, pk, Permission.ACCEPT)
    try:
        actions.accept_company(assessment=assessment, by=get_signed_in_user(request))
    except actions.NotAcceptable:
        messages.error(request, _("Not accepted: conditions or papers are missing, see below."))
    else:
        messages.success(request, _("The company is accepted."))
    return HttpResponseRedirect(reverse("cohort:acceptance", args=[assessment.pk]))
