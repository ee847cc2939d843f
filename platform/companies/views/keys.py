"""The page on which administrators issue and withdraw the keys of programs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.actions import KeyNotIssuedError, issue_key, withdraw_key
from accounts.models import ApiKey, User
from accounts.roles import Permission, Role
from companies.forms import KeyForm, WithdrawForm
from companies.models import Programme, ProgrammeRole
from companies.permissions import Forbidden
from companies.service_accounts import open_account
from companies.views.making import make_from_form


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("text")
def list_keys(request: HttpRequest) -> HttpResponse:
    """List the keys of the person's programmes, with a form for a new one, shown this once."""
    user = cast(User, request.user)
    programmes = require_key_programmes(user)

    def issue(wanted: Mapping[str, Any]) -> tuple[ApiKey, str]:
        with transaction.atomic():
            return issue_key(
                user=open_account(programme=wanted["programme"], name=wanted["account"], by=user),
                name=wanted["name"],
                scopes=wanted["scopes"],
                expires_at=timezone.now() + timedelta(days=wanted["days"]),
                by=user,
                programme_id=wanted["programme"].pk,
            )

    form, made = make_from_form(request, KeyForm, programmes, issue, KeyNotIssuedError)
    issued, text = made or (None, "")
    context = {
        "nav": "api",
        "form": form,
        "issued": issued,
        "text": text,
        "keys": list_programme_keys(programmes).filter(withdrawn_at__isnull=True),
        "now": timezone.now(),
        "rate": settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]["key"].partition("/")[0],
        "address": settings.SITE_URL,
    }
    return render(request, "companies/keys.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask for the name of the key, and withdraw it."""
    user = cast(User, request.user)
    key = get_object_or_404(
        list_programme_keys(require_key_programmes(user)), pk=pk, withdrawn_at__isnull=True
    )
    form = WithdrawForm(request.POST or None, key=key)
    if request.method == "POST" and form.is_valid():
        role = key.user.programme_roles.filter(role=Role.SERVICE_ACCOUNT).first()
        withdraw_key(key=key, by=user, programme_id=role.programme_id if role else None)
        messages.success(request, _("The key “%(name)s” was withdrawn.") % {"name": key.name})
        return redirect("keys:list")
    context = {"nav": "api", "form": form, "key": key}
    return render(request, "companies/withdraw_key.html", context, status=422 if form.errors else 200)


def require_key_programmes(user: User) -> QuerySet[Programme]:
    """Return the programmes whose keys the person manages; `Forbidden` for other staff, else 404."""
    programmes = Programme.objects.allowing(user, Permission.MANAGE_USERS)
    if programmes.exists():
        return programmes
    if ProgrammeRole.objects.filter(user=user).exists():
        raise Forbidden(Permission.MANAGE_USERS)
    raise Http404


def list_programme_keys(programmes: QuerySet[Programme]) -> QuerySet[ApiKey]:
    """List the keys of the service accounts of these programmes, the newest first."""
    accounts = ProgrammeRole.objects.filter(programme__in=programmes, role=Role.SERVICE_ACCOUNT)
    return ApiKey.objects.filter(user__in=accounts.values("user")).select_related("user")
