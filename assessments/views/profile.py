"""The company's own profile: what its people know best, with the figures of three years."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.roles import Permission
from assessments.views.access import build_page_context, get_assessment, get_signed_in_user
from companies.profile_forms import OwnProfileForm
from companies.profile_sheet import ProfileSheet


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_profile(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the form; POST stores what differs, unless somebody else stored something meanwhile."""
    assessment, verbs = get_assessment(request, pk, Permission.EDIT_COMPANY)
    sheet = ProfileSheet(request, assessment.company, OwnProfileForm)
    if sheet.store(get_signed_in_user(request)):
        return redirect("assessments:home", pk=pk)
    context = build_page_context(assessment, verbs, "profile") | sheet.build_context()
    return render(request, "assessments/profile.html", context, status=sheet.status)
