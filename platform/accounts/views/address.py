"""Changing one's own e-mail address."""

from __future__ import annotations

from typing import cast

from allauth.decorators import rate_limit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import address
from accounts.forms import AddressForm
from accounts.models import User


@login_required
@rate_limit(action="manage_email")  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """Ask for the new address and the password; an e-mail goes to the new address."""
    user = cast(User, request.user)
    form = AddressForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["email"]
        try:
            address.request_change(user=user, address=wanted)
        except OSError:
            form.add_error("email", _("The e-mail could not be sent. Check the address, or try again later."))
        else:
            messages.success(
                request,
                _(
                    "A link was sent to %(address)s, unless another account uses that address. Open it within a "
                    "day; until then your address stays as it is."
                )
                % {"address": wanted},
            )
            return redirect("account_settings")
    return render(request, "account/email_change.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """Show what the link would change; a POST changes it. It needs no signing in, as a phone may open it."""
    try:
        found = address.confirm_change(key) if request.method == "POST" else address.read_link(key)
    except address.LinkDead:
        return render(request, "account/email_confirm.html", {"problem": "dead"}, status=410)
    except address.AddressTaken:
        return render(request, "account/email_confirm.html", {"problem": "taken"}, status=409)
    if request.method == "POST":
        messages.success(request, _("Your e-mail address is now %(address)s.") % {"address": found.address})
        return redirect("account_settings")
    return render(request, "account/email_confirm.html", {"change": found})
