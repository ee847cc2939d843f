"""Confirming one's own mobile number."""

from __future__ import annotations

from typing import cast

from allauth.account.views import verify_phone
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from accounts.forms import DEAD_CODE
from accounts.models import User


@login_required
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for the code. The right one leads back to the account; one that counts no longer says so."""
    user = cast(User, request.user)
    before = user.phone_verified_at
    answer: HttpResponse = verify_phone(request)
    if request.method == "POST" and answer.status_code == 302:
        user.refresh_from_db(fields=["phone_verified_at"])
        if user.phone_verified_at != before:
            return redirect("account_settings")
        messages.error(request, DEAD_CODE)
    return answer
