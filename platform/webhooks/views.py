"""The pages on which administrators keep webhooks."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.roles import Permission
from companies.views.keys import require_key_programmes
from companies.views.making import make_from_form
from webhooks import actions
from webhooks.forms import TYPES, ReplayForm, WebhookForm
from webhooks.models import Delivery, Webhook

DELIVERIES_ON_A_PAGE = 50


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("secret")
def list_webhooks(request: HttpRequest) -> HttpResponse:
    """List the webhooks of the person's programmes, with a form for a new one, its secret shown once."""
    user = cast(User, request.user)
    programmes = require_key_programmes(user)

    def create(wanted: Mapping[str, Any]) -> Webhook:
        return actions.create(
            programme=wanted["programme"],
            name=wanted["name"],
            url=wanted["url"],
            types=wanted["types"],
            by=user,
        )

    form, made = make_from_form(request, WebhookForm, programmes, create, actions.WebhookRefused)
    secret = made.secret if made else ""
    context = {
        "nav": "api",
        "form": form,
        "made": made,
        "secret": secret,
        "webhooks": Webhook.objects.allowing(user, Permission.MANAGE_USERS).select_related("programme"),
    }
    return render(request, "webhooks/webhooks.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_webhook(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show one webhook: what it is told, and the log of deliveries."""
    user = cast(User, request.user)
    found = _get_webhook(user, pk)
    form = WebhookForm(request.POST or None, webhook=found, programmes=require_key_programmes(user))
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        try:
            actions.update(
                webhook=found, by=user, name=wanted["name"], url=wanted["url"], types=wanted["types"]
            )
        except actions.WebhookRefused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("The webhook was changed."))
            return redirect("webhooks:detail", pk)
    return _render_page(
        request, _get_webhook(user, pk), form, ReplayForm(), status=422 if form.errors else 200
    )


@login_required
@never_cache
@require_POST
@sensitive_variables("secret")
def act(request: HttpRequest, pk: uuid.UUID, what: str) -> HttpResponse:
    """Switch on or off, rotate the secret, send again."""
    user = cast(User, request.user)
    found = _get_webhook(user, pk)
    form = WebhookForm(webhook=found, programmes=require_key_programmes(user))
    if what == "rotate":
        secret = actions.rotate_secret(webhook=found, by=user)
        return _render_page(request, found, form, ReplayForm(), secret=secret)
    if what == "enable":
        actions.enable(webhook=found, by=user)
    elif what == "disable":
        actions.disable(webhook=found, by=user)
    elif what == "replay":
        replay = ReplayForm(request.POST)
        if not replay.is_valid():
            return _render_page(request, found, form, replay, status=422)
        count = actions.replay_events(webhook=found, since=replay.cleaned_data["since"], by=user)
        text = ngettext("%(count)d delivery is sent again.", "%(count)d deliveries are sent again.", count)
        messages.success(request, text % {"count": count})
    elif what == "again":
        try:
            delivery_id = uuid.UUID(request.POST.get("delivery", ""))
        except ValueError as error:
            raise Http404 from error
        deliveries = Delivery.objects.filter(webhook=found).select_related("webhook__programme")
        actions.replay(delivery=get_object_or_404(deliveries, pk=delivery_id), by=user)
        messages.success(request, _("The delivery is sent again."))
    else:
        raise Http404
    return redirect("webhooks:detail", pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask once more, and remove the webhook with its log."""
    user = cast(User, request.user)
    found = _get_webhook(user, pk)
    if request.method == "POST":
        actions.delete(webhook=found, by=user)
        messages.success(request, _("The webhook “%(name)s” was deleted.") % {"name": found.name})
        return redirect("webhooks:list")
    return render(request, "webhooks/delete.html", {"nav": "api", "webhook": found})


def _get_webhook(user: User, pk: uuid.UUID) -> Webhook:
    require_key_programmes(user)
    allowed = Webhook.objects.allowing(user, Permission.MANAGE_USERS).select_related("programme")
    return get_object_or_404(allowed, pk=pk)


def _render_page(
    request: HttpRequest,
    found: Webhook,
    form: WebhookForm,
    replay: ReplayForm,
    *,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    names = dict(TYPES)
    log = (
        Delivery.objects.filter(webhook=found)
        .select_related("event")
        .prefetch_related("log")
        .order_by("-event__position")
    )
    page = Paginator(log, DELIVERIES_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [
        {"delivery": delivery, "type": names[delivery.event.type], "attempts": list(delivery.log.all())}
        for delivery in page
    ]
    context = {
        "nav": "api",
        "webhook": found,
        "form": form,
        "replay": replay,
        "secret": secret,
        "page": page,
        "rows": rows,
        "types": [names[type_] for type_ in found.types],
    }
    return render(request, "webhooks/webhook.html", context, status=status)
