"""Confirming one's own mobile number."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.views import ChangePhoneView, verify_phone
from allauth.core.exceptions import RateLimited
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from accounts.forms import DEAD_CODE
from accounts.models import User


class ChangeView(ChangePhoneView):  # type: ignore[misc]
    """The page that asks for the new number and sends a code, or says that no more are sent for now."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Lead on to the page that asks for the code."""
        try:
            answer: HttpResponse = super().form_valid(form)
        except RateLimited:
            form.add_error("phone", get_adapter().validation_error("rate_limited"))
            answer = self.form_invalid(form)
        return answer


change = ChangeView.as_view()


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
