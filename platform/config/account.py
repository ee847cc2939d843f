"""The page on which people look after their own account."""

from __future__ import annotations

from typing import cast

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import EmailsForm, PersonProfileForm
from accounts.models import User
from accounts.profile import (
    change_profile,
    choose_emails,
    list_optional_kinds,
    note_mail_arrives,
    remove_phone,
)
from config.context import HeldRoles


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_account_settings(request: HttpRequest) -> HttpResponse:
    """Show name and language, ways to sign in, e-mails, one's own data."""
    user = cast(User, request.user)
    kinds = list_optional_kinds(is_staff=bool(HeldRoles.load(user).roles))
    which = request.POST.get("form", "")
    profile = PersonProfileForm(
        request.POST if which == "profile" else None, initial={"name": user.name, "language": user.language}
    )
    wanted = [kind.value for kind in kinds if kind.value not in user.muted_kinds]
    letters = EmailsForm(
        request.POST if which == "letters" else None, kinds=kinds, initial={"wanted": wanted}
    )
    if which == "profile" and profile.is_valid():
        change_profile(user=user, **profile.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("account_settings")
    if which == "letters" and letters.is_valid():
        choose_emails(user=user, offered=kinds, wanted=letters.cleaned_data["wanted"])
        messages.success(request, _("Saved."))
        return redirect("account_settings")
    if which == "mail":
        note_mail_arrives(user=user)
        messages.success(request, _("Saved."))
        return redirect("account_settings")
    context = {
        "nav": "account",
        "profile": profile,
        "letters": letters,
        "has_second_factor": is_mfa_enabled(user),
        "sessions": UserSession.objects.filter(user=user).count(),
    }
    return render(
        request, "account/settings.html", context, status=422 if profile.errors or letters.errors else 200
    )


@login_required
@require_POST
def forget_phone(request: HttpRequest) -> HttpResponse:
    """Take the number away from the account."""
    remove_phone(user=cast(User, request.user))
    messages.success(request, _("The number was removed."))
    return redirect("account_settings")
