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

from accounts.roles import Verb
from assessments.actions import acceptance as actions
from assessments.models import ConditionCheck
from assessments.reviewing.acceptance import terms
from assessments.reviewing.acceptance.checklist import checklist
from assessments.views.access import find, user_of
from companies.names import name_in
from companies.permissions import require


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def acceptance(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The checklist; POST stores the finding about one condition."""
    assessment, verbs = find(request, pk, Verb.SEE_FLAGS)
    if request.method == "POST":
        require(verbs, Verb.ACCEPT)
        finding = request.POST.get("finding", "")
        if finding in ConditionCheck.Finding.values:
            try:
                actions.check_condition(
                    assessment=assessment,
                    condition=request.POST.get("condition", ""),
                    finding=ConditionCheck.Finding(finding),
                    note=request.POST.get("note", ""),
                    by=user_of(request),
                )
            except actions.UnknownCondition:
                messages.error(request, _("There is no such condition to check."))
        return HttpResponseRedirect(reverse("cohort:acceptance", args=[assessment.pk]))
    rows = checklist(assessment)
    names = {entry.code: entry.name for entry in terms().conditions}
    names |= {kind.code: kind.name for kind in terms().documents}
    return render(
        request,
        "cohort/review/acceptance.html",
        {
            "nav": "queue",
            "assessment": assessment,
            "company": assessment.company,
            "company_name": name_in(get_language() or "en", assessment.company),
            "checklist": rows,
            "missing": [names[code] for code in rows.missing],
            "basis": terms().basis,
            "findings": ConditionCheck.Finding.choices,
            # Others at the desk read what is missing and change nothing.
            "can_accept": Verb.ACCEPT in verbs and assessment.accepted_at is None,
        },
    )


@login_required
@require_POST
def accept(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Accept the company."""
    assessment, _verbs = find(request, pk, Verb.ACCEPT)
    try:
        actions.accept(assessment=assessment, by=user_of(request))
    except actions.NotAcceptable:
        messages.error(request, _("Not accepted: conditions or papers are missing, see below."))
    else:
        messages.success(request, _("The company is accepted."))
    return HttpResponseRedirect(reverse("cohort:acceptance", args=[assessment.pk]))
