"""Changing the profile of a company on its file."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.roles import Verb
from cohort.views.company_parts import company_of, frame
from companies import actions
from companies.models import Company
from companies.permissions import require
from companies.profile import InvalidProfile
from companies.profile_forms import ProfileForm, YearsForm, changes_of, say
from companies.years import revisions_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The form; POST stores what differs, and the record says which facts were changed."""
    user, company, verbs = company_of(request, pk)
    require(verbs, Verb.EDIT_COMPANY)
    seen = company.updated_at.isoformat()
    is_stale = request.POST.get("seen", seen) != seen
    # The form writes on its own copy: the action compares with what is stored.
    copy = Company.objects.select_related("division").get(pk=pk)
    data = None if is_stale else request.POST or None
    form, years = ProfileForm(data, instance=copy), YearsForm(data, company=company)
    if request.method == "POST" and form.is_valid() & years.is_valid():
        try:
            changed = actions.update(
                company=company, changes=changes_of(form), years=years.figures(), empties=True, by=user
            )
        except InvalidProfile as error:
            say(error, [form, years])
        else:
            if changed:
                messages.success(request, _("The profile is saved."))
            else:
                messages.info(request, _("Nothing was changed."))
            return redirect("cohort:company", pk=pk)
    context = frame(user, company, verbs, "profile") | {
        "form": form,
        "years": years,
        "revisions": revisions_of(company),
        "seen": seen,
        "is_stale": is_stale,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "cohort/file/profile_page.html", context, status=status)
