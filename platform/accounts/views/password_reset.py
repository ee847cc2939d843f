"""Resetting a password by e-mail or by phone."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.views import PasswordResetView
from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.forms import DEAD_CODE, CodeForm
from accounts.invitation import build_password_link
from accounts.models import User
from accounts.phone_reset import PhoneReset


class ResetView(PasswordResetView):  # type: ignore[misc]
    """The page that sends a link to an e-mail address, or a code to a phone."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Lead to the mailbox, or on to the page that asks for the code."""
        if not form.phone:
            response: HttpResponse = super().form_valid(form)
            return response
        limited = ratelimit.consume(self.request, action="verify_phone", key=form.phone)
        if not limited:
            form.add_error("email", get_adapter().validation_error("rate_limited"))
            refused: HttpResponse = self.form_invalid(form)
            return refused
        PhoneReset.begin(self.request, form.phone)
        return redirect("account_reset_by_phone")


reset = ResetView.as_view()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset_by_phone(request: HttpRequest) -> HttpResponse:
    """Ask for the code; the right one leads to the page that sets a new password."""
    process = PhoneReset.resume(request)
    if process is None:
        if request.method == "POST":
            messages.error(request, DEAD_CODE)
        return redirect("account_reset_password")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = process.user
        if process.is_right_code(form.cleaned_data["code"]) and isinstance(user, User):
            process.abort()
            return redirect(urlsplit(build_password_link(user)).path)
        if not process.record_invalid_attempt():
            messages.error(request, DEAD_CODE)
            return redirect("account_reset_password")
        form.add_error("code", _("Incorrect code."))
    context = {"form": form, "phone": process.state["phone"]}
    return render(request, "account/reset_by_phone.html", context, status=422 if form.errors else 200)
