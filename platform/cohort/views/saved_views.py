"""Saving the list's filters, order and columns under a name."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from cohort.actions import saved_views as actions
from cohort.filters import NAMES, CohortFilters
from cohort.models import SavedView
from cohort.views.desk import get_cohort_context

KEPT = (*NAMES, "sort", "columns")


class ViewForm(forms.Form):
    """The name of a view, the query it keeps, and whether the programme's other staff see it."""

    name = forms.CharField(max_length=60)
    query = forms.CharField(max_length=1000, required=False)
    is_shared = forms.BooleanField(required=False)


@login_required
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the present state of the list."""
    form = ViewForm(request.POST)
    desk = get_cohort_context(request, CohortFilters.read({"programme": request.POST.get("programme", "")}))
    address = reverse("cohort:companies")
    if not form.is_valid():
        messages.error(request, _("Give the view a name of at most 60 characters."))
        return redirect(address)
    # Only what the list itself understands is kept, whatever was sent.
    pairs = [
        (name, value) for name, value in parse_qsl(form.cleaned_data["query"].lstrip("?")) if name in KEPT
    ]
    query = urlencode(pairs)
    actions.save(
        programme=desk.programme,
        name=form.cleaned_data["name"],
        query=query,
        is_shared=form.cleaned_data["is_shared"],
        by=desk.user,
    )
    messages.success(request, _("The view is saved."))
    return redirect(f"{address}?{query}" if query else address)


@login_required
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a view of one's own."""
    user = request.user
    assert isinstance(user, User)
    view = get_object_or_404(SavedView.objects.filter(owner=user), pk=pk)
    actions.delete(view=view, by=user)
    messages.success(request, _("The view is deleted."))
    return redirect("cohort:companies")
