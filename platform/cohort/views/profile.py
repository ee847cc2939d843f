"""Changing the profile of a company on its file."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.roles import Verb
from cohort.views.company_parts import company_of, frame
from companies.permissions import require
from companies.profile_forms import ProfileForm
from companies.profile_sheet import ProfileSheet


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The form; POST stores what differs, and the record says which facts were changed."""
    user, company, verbs = company_of(request, pk)
    require(verbs, Verb.EDIT_COMPANY)
    sheet = ProfileSheet(request, company, ProfileForm)
    if sheet.store(user):
        return redirect("cohort:company", pk=pk)
    context = frame(user, company, verbs, "profile") | sheet.context()
    return render(request, "cohort/file/profile_page.html", context, status=sheet.status)
