"""The parts of the model's pages that need the cohort: drift, comparing releases, putting one into use."""

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
from assessments.actions import releases as using
from assessments.scoring.drift import ALPHA, compute_cohort_drift
from assessments.scoring.release_comparison import TIERS, compare_releases
from benchmarks.actions import releases
from benchmarks.models import Proposal, Release, Tier
from benchmarks.views.desk import find_active_release, get_model_context
from benchmarks.views.labels import list_comparison_rows
from instrument import load_instrument

LISTED = 200


@login_required
@require_safe
def show_drift(request: HttpRequest) -> HttpResponse:
    """Show the drift of the cohort's answers from the reference sample; a panel for htmx, else a page."""
    desk = get_model_context(request)
    release = find_active_release(desk.programme)
    found = compute_cohort_drift(desk.programme, release) if release else None
    dimensions = {}
    if release is not None:
        dimensions = {
            dimension.code: dimension for dimension in load_instrument(release.instrument_version).dimensions
        }
    context = {
        "nav": "model",
        "desk": desk,
        "release": release,
        "drift": found,
        "alpha": ALPHA,
        "rows": [(dimensions[row.item], row) for row in found.dimensions] if found else [],
    }
    name = "benchmarks/drift_panel.html" if request.htmx else "benchmarks/drift.html"  # type: ignore[attr-defined]
    return render(request, name, context)


@login_required
@require_safe
def show_release_comparison(request: HttpRequest) -> HttpResponse:
    """Show two releases on the same cohort; without names for those who may not read single results."""
    desk = get_model_context(request)
    choices = list(
        Release.objects.filter(programme=desk.programme)
        .only("pk", "name", "trained_at")
        .order_by("-trained_at")
    )
    active = Release.objects.find_active(desk.programme)
    before = _find_release(desk.programme.pk, request.GET.get("from", "")) or active
    latest = next((choice for choice in choices if before is None or choice.pk != before.pk), None)
    after = _find_release(desk.programme.pk, request.GET.get("to", "")) or (
        Release.objects.get(pk=latest.pk) if latest else None
    )
    context = {"nav": "model", "desk": desk, "choices": choices, "before": before, "after": after}
    if before is not None and after is not None and before != after:
        found = compare_releases(desk.programme, before, after)
        heads = [*(tier.label for tier in Tier), _("No tier stated")]
        size = len(heads) if found.has_unstated else len(TIERS)
        context |= {
            "comparison": found,
            "is_synthetic": before.is_synthetic or after.is_synthetic,
            "figures": list_comparison_rows(before, after),
            "heads": heads[:size],
            "matrix": [
                (heads[row], [(count, row == column) for column, count in enumerate(counts[:size])])
                for row, counts in enumerate(found.matrix[:size])
            ],
            "moves": found.changed[:LISTED] if desk.sees_results else [],
            "more": max(0, len(found.changed) - LISTED),
        }
    return render(request, "benchmarks/comparison.html", context)


def _find_release(programme: uuid.UUID, pk: str) -> Release | None:
    """Return the release that the address names, if it is one of the programme."""
    try:
        return Release.objects.filter(programme=programme, pk=pk).first() if pk else None
    except ValueError:
        return None


@login_required
@require_POST
def confirm_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a proposal as the second person."""
    user = cast(User, request.user)
    proposal = get_object_or_404(Proposal.objects.visible_to(user).select_related("programme"), pk=pk)
    try:
        activation = using.activate_proposal(proposal=proposal, by=user)
    except releases.NeedsSecondPerson:
        messages.error(request, _("You proposed this model version. Somebody else has to confirm it."))
    except releases.NotOpen:
        messages.error(request, _("The proposal is not open any more."))
    except releases.ChecksFail:
        messages.error(request, _("A check of this model version failed, so it cannot be activated."))
    else:
        words = _("Model version %(name)s is in use. The companies’ answers are being scored under it.")
        messages.success(request, words % {"name": activation.release.name})
    return redirect("benchmarks:overview")


@login_required
@require_POST
def roll_back_release(request: HttpRequest) -> HttpResponse:
    """Return to the release that was in use before."""
    desk = get_model_context(request)
    desk.require(Permission.PROMOTE_MODEL)
    try:
        activation = using.roll_back_release(programme=desk.programme, by=desk.user)
    except releases.NothingBefore:
        messages.error(request, _("No other model version was in use before."))
    else:
        words = _("Back to model version %(name)s. Its scores are in use again.")
        messages.success(request, words % {"name": activation.release.name})
    return redirect("benchmarks:overview")
