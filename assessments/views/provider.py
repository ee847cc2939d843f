"""A service provider's home: the companies that let it enter values of its own."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.people import participants
from assessments.views.access import get_signed_in_user


@login_required
@require_safe
def show_provider_home(request: HttpRequest) -> HttpResponse:
    """Show the companies, how far the provider's own values are, and until when each has let it in."""
    rows = participants.list_prescored_companies(get_signed_in_user(request))
    return render(request, "assessments/provider_home.html", {"rows": rows, "nav": "provider"})
