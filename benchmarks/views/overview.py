"""The model page: the release in use, the others, what waits, and how well past scores replay."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from benchmarks.actions.releases import find_previous_release
from benchmarks.checks import list_checks
from benchmarks.models import Proposal, Release, Replay
from benchmarks.queries import (
    LISTED_RELEASES,
    count_facilities,
    list_activations,
    list_latest_jobs,
    list_releases,
)
from benchmarks.training import DEFAULT_SEED
from benchmarks.views.charts import build_calibration_chart, list_spreads
from benchmarks.views.desk import find_active_release, get_model_context
from benchmarks.views.forms import TrainForm
from companies.programme_context import ProgrammeContext


@login_required
@require_safe
def show_overview(request: HttpRequest) -> HttpResponse:
    """Show the model of a programme."""
    desk = get_model_context(request)
    return render(request, "benchmarks/overview.html", build_overview_context(desk))


def build_overview_context(desk: ProgrammeContext) -> dict[str, object]:
    """Build all that the page shows. Training and scoring that run are looked at again by the page itself."""
    release = find_active_release(desk.programme)
    activations = list_activations(desk.programme)
    replays = Replay.objects.list_latest(desk.programme)
    proposal = Proposal.objects.select_related("release", "proposed_by").find_open(desk.programme)
    rows = list(list_releases(desk.programme)[:LISTED_RELEASES])
    return {
        "nav": "model",
        "desk": desk,
        "release": release,
        "is_synthetic": any(row.is_synthetic for row in rows),
        "activation": activations[0] if activations else None,
        "activations": activations,
        "previous": find_previous_release(desk.programme),
        "proposal": proposal,
        "proposal_green": proposal is not None
        and all(check.is_green for check in list_checks(proposal.release)),
        "is_own_proposal": proposal is not None and proposal.proposed_by_id == desk.user.pk,
        "releases": [build_release_row(row) for row in rows],
        "replays": replays,
        "alarms": [replay for replay in replays if replay.is_alarm],
        "jobs": list_latest_jobs(desk.programme, activations[0] if activations else None),
        "figure": build_calibration_chart(release, 1) if release else None,
        "spreads": list_spreads(release) if release else [],
        "per_tier": count_facilities(desk.programme),
        "train_form": TrainForm(initial={"seed": DEFAULT_SEED, "alpha": "3"}) if desk.can_train else None,
    }


def build_release_row(release: Release) -> dict[str, object]:
    """Build a line of the list of releases."""
    figures = release.metrics.get("figures", {})
    return {
        "release": release,
        "is_active": getattr(release, "is_active", False),
        "kappa": figures.get("kappa", {}).get("value"),
        "rps": figures.get("rps", {}).get("value"),
        "rows": sum(release.rows_per_tier.values()),
    }


@login_required
@require_safe
def show_work(request: HttpRequest) -> HttpResponse:
    """Show how far background work is; when the last of it has ended the page loads anew."""
    desk = get_model_context(request)
    activations = list_activations(desk.programme, 1)
    jobs = list_latest_jobs(desk.programme, activations[0] if activations else None)
    response = render(request, "benchmarks/work.html", {"jobs": jobs, "desk": desk})
    if request.htmx and not any(job.is_open for job in jobs):  # type: ignore[attr-defined]
        response["HX-Refresh"] = "true"
    return response
