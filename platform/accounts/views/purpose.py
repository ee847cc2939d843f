"""The page that says what happens with personal data, before anything else."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.next_page import get_next_page
from accounts.purpose import VERSION, accept_purpose, has_accepted_purpose


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_purpose(request: HttpRequest) -> HttpResponse:
    """Show the text; accepting it opens the site."""
    user = cast(User, request.user)
    page = get_next_page(request)
    is_refused = False
    if request.method == "POST":
        if request.POST.get("read"):
            accept_purpose(user=user)
            return redirect(page or "start")
        is_refused = True
    context = {
        "version": VERSION,
        "next": page,
        "has_accepted": has_accepted_purpose(user),
        "is_refused": is_refused,
    }
    return render(request, "accounts/purpose.html", context, status=422 if is_refused else 200)
