"""The model page: the release in use, the others, what waits, and how well past scores replay."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from benchmarks.actions.releases import previous_release
from benchmarks.checks import checks_of
from benchmarks.models import Proposal, Release, Replay
from benchmarks.queries import LISTED_RELEASES, activations_of, facilities_per_tier, jobs_of, releases_of
from benchmarks.training import DEFAULT_SEED
from benchmarks.views.charts import calibration_figure, spreads
from benchmarks.views.desk import Desk, active_release, desk_of
from benchmarks.views.forms import TrainForm


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The model of a programme."""
    desk = desk_of(request)
    return render(request, "benchmarks/overview.html", overview_context(desk))


def overview_context(desk: Desk) -> dict[str, object]:
    """Everything the page shows. Training and scoring that run are looked at again by the page itself."""
    release = active_release(desk.programme)
    activations = activations_of(desk.programme)
    replays = Replay.objects.latest_in(desk.programme)
    proposal = Proposal.objects.select_related("release", "proposed_by").open_in(desk.programme)
    rows = list(releases_of(desk.programme)[:LISTED_RELEASES])
    return {
        "nav": "model",
        "desk": desk,
        "release": release,
        "is_synthetic": any(row.is_synthetic for row in rows),
        "activation": activations[0] if activations else None,
        "activations": activations,
        "previous": previous_release(desk.programme),
        "proposal": proposal,
        "proposal_green": proposal is not None
        and all(check.is_green for check in checks_of(proposal.release)),
        "is_own_proposal": proposal is not None and proposal.proposed_by_id == desk.user.pk,
        "releases": [release_row(row) for row in rows],
        "replays": replays,
        "alarms": [replay for replay in replays if replay.is_alarm],
        "jobs": jobs_of(desk.programme, activations[0] if activations else None),
        "figure": calibration_figure(release, 1) if release else None,
        "spreads": spreads(release) if release else [],
        "per_tier": facilities_per_tier(desk.programme),
        "train_form": TrainForm(initial={"seed": DEFAULT_SEED, "alpha": "3"}) if desk.can_train else None,
    }


def release_row(release: Release) -> dict[str, object]:
    """A line of the list of releases."""
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
def work(request: HttpRequest) -> HttpResponse:
    """How far background work is; when the last of it has ended the page loads anew."""
    desk = desk_of(request)
    activations = activations_of(desk.programme, 1)
    jobs = jobs_of(desk.programme, activations[0] if activations else None)
    response = render(request, "benchmarks/work.html", {"jobs": jobs, "desk": desk})
    if request.htmx and not any(job.is_open for job in jobs):  # type: ignore[attr-defined]
        response["HX-Refresh"] = "true"
    return response
