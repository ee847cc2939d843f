"""The company's own profile: what its people know best, with the figures of three years."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.roles import Verb
from assessments.views.access import find, page_context, user_of
from companies.profile_forms import OwnProfileForm
from companies.profile_sheet import ProfileSheet


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The form; POST stores what differs, unless somebody else stored something meanwhile."""
    assessment, verbs = find(request, pk, Verb.EDIT_COMPANY)
    sheet = ProfileSheet(request, assessment.company, OwnProfileForm)
    if sheet.store(user_of(request)):
        return redirect("assessments:home", pk=pk)
    context = page_context(assessment, verbs, "profile") | sheet.context()
    return render(request, "assessments/profile.html", context, status=sheet.status)
