"""One release with its card, and asking for one to be trained or activated."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.roles import Permission
from benchmarks.actions import releases
from benchmarks.checks import list_checks
from benchmarks.models import Proposal, Release, Tier
from benchmarks.views.charts import build_calibration_chart, list_spreads
from benchmarks.views.desk import get_model_context
from benchmarks.views.forms import ReasonForm, TrainForm
from benchmarks.views.labels import list_check_rows, list_figure_rows, list_generated_rows
from companies.programme_context import build_programme_context


@login_required
@require_safe
def show_release(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show a release's card: what it is, made from what, how well it does, what it may not be used for."""
    user = cast(User, request.user)
    found = get_object_or_404(
        Release.objects.visible_to(user).select_related("programme", "trained_by"), pk=pk
    )
    desk = build_programme_context(user, found.programme)
    checks = list_checks(found)
    active = Release.objects.defer("scorecard", "training_rows").find_active(found.programme)
    proposal = Proposal.objects.find_open(found.programme)
    drawn = [build_calibration_chart(found, tier) for tier in (1, 2, 3)]
    is_green = all(check.is_green for check in checks)
    context = {
        "nav": "model",
        "desk": desk,
        "release": found,
        "active": active,
        "is_active": active == found,
        "checks": list_check_rows(checks),
        "failing": sum(not check.is_green for check in checks),
        "figures": list_figure_rows(found),
        "generated": found.metrics.get("generated"),
        "generated_rows": list_generated_rows(found),
        "out_of_order": sum(found.metrics.get("generated", {}).get("out_of_order", {}).values()),
        "calibration": [figure for figure in drawn if figure],
        "spreads": list_spreads(found),
        "per_tier": [(tier, found.rows_per_tier.get(str(tier.value), 0)) for tier in Tier],
        "rows": sum(found.rows_per_tier.values()),
        "proposal": proposal,
        "can_propose": desk.can_promote and is_green and proposal is None and active != found,
        "form": ReasonForm(),
        "gain": found.metrics.get("rps_gain"),
    }
    return render(request, "benchmarks/release.html", context)


@login_required
@require_POST
def train(request: HttpRequest) -> HttpResponse:
    """Have a release trained."""
    desk = get_model_context(request)
    desk.require(Permission.TRAIN_MODEL)
    form = TrainForm(request.POST)
    if not form.is_valid():
        messages.error(
            request, _("Write a whole number, zero or more, as seed and choose one of the offered pulls.")
        )
        return redirect("benchmarks:overview")
    job = releases.request_training(
        programme=desk.programme,
        seed=form.cleaned_data["seed"],
        alpha=form.get_alpha(),
        by=desk.user,
    )
    if job.is_open:
        messages.success(
            request, _("Training has been requested. The model version appears in the list when it is done.")
        )
    else:
        name = job.result.get("name", "")
        words = _("Model version %(name)s was trained from exactly this. Training again would give the same.")
        messages.info(request, words % {"name": name})
    return redirect("benchmarks:overview")


@login_required
@require_POST
def propose(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask for a release to be activated."""
    user = cast(User, request.user)
    found = get_object_or_404(Release.objects.visible_to(user).select_related("programme"), pk=pk)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        releases.propose(release=found, by=user, reason=reason)
    except releases.ChecksFail:
        messages.error(request, _("A check of this model version failed, so it cannot be proposed."))
    except releases.NotOpen:
        messages.error(request, _("Another proposal waits, or this model version is in use already."))
    else:
        messages.success(request, _("Proposed. A second person with your permission has to confirm it."))
    return redirect("benchmarks:overview")


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a proposal back, or refuse it."""
    user = cast(User, request.user)
    proposal = get_object_or_404(Proposal.objects.visible_to(user).select_related("programme"), pk=pk)
    try:
        releases.withdraw(proposal=proposal, by=user)
    except releases.NotOpen:
        messages.error(request, _("The proposal is not open any more."))
    else:
        messages.success(request, _("The proposal is closed. The model version in use stays."))
    return redirect("benchmarks:overview")
