"""Changing the profile of a company on its file."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.roles import Permission
from cohort.views.company_parts import build_file_context, get_company_access
from companies.permissions import require
from companies.profile_forms import CompanyProfileForm
from companies.profile_sheet import ProfileSheet


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_profile(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the form; POST stores what differs, and the record says which facts were changed."""
    user, company, verbs = get_company_access(request, pk)
    require(verbs, Permission.EDIT_COMPANY)
    sheet = ProfileSheet(request, company, CompanyProfileForm)
    if sheet.store(user):
        return redirect("cohort:company", pk=pk)
    context = build_file_context(user, company, verbs, "profile") | sheet.build_context()
    return render(request, "cohort/file/profile_page.html", context, status=sheet.status)
