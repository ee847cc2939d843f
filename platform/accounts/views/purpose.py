"""The page that says what happens with personal data, before anything else."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.purpose import VERSION, accept, has_accepted


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def purpose(request: HttpRequest) -> HttpResponse:
    """Show the text; accepting it opens the site."""
    user = cast(User, request.user)
    next_page = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(next_page, allowed_hosts=None):
        next_page = ""
    is_refused = False
    if request.method == "POST":
        if request.POST.get("read"):
            accept(user=user)
            return redirect(next_page or "start")
        is_refused = True
    context = {
        "version": VERSION,
        "next": next_page,
        "has_accepted": has_accepted(user),
        "is_refused": is_refused,
    }
    return render(request, "accounts/purpose.html", context, status=422 if is_refused else 200)
