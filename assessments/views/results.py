"""The result page: both readings, what is missing, and what they rest on."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from assessments import results
from assessments.answering import queries
from assessments.reports.charts import CHARTS
from assessments.results import Result
from assessments.views import charts, reasons, way_up
from assessments.views.access import find, page_context, user_of
from companies.models import Membership
from companies.models.scope import current
from instrument import Instrument, load

SHOWN_BASE_ITEMS = 3


@login_required
@require_safe
def result(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The result of an assessment; before it is scored, what has to happen first."""
    assessment, verbs = find(request, pk)
    context = page_context(assessment, verbs, "result")
    found = results.build(assessment)
    if found is None:
        submission = queries.latest_submission(assessment)
        return render(request, "assessments/no_result.html", context | {"submission": submission})
    instrument = load(found.instrument_version)
    context |= {
        "result": found,
        "is_member": Membership.objects.filter(
            current(), user=user_of(request), company=assessment.company
        ).exists(),
        "gates": charts.gates(found),
        "steps": missing(instrument, found),
        "stairs": charts.stairs(found),
        "scale": charts.scale(found),
        "rows": charts.dimension_rows(found),
        "radar": charts.radar(found),
        "waterfall": charts.waterfall(found),
        "slope": charts.slope(found),
        "above": found.above_typical_sme,
        "next_tier": next_tier(found),
        "official_prevails": instrument.notices.get("official_prevails"),
        "own_composition": instrument.notices.get("own_composition"),
    }
    context["files"] = {
        name: {
            "picture": reverse("assessments:chart_picture", args=[pk, name]),
            "workbook": reverse("assessments:chart_workbook", args=[pk, name]),
        }
        for name in CHARTS
    }
    context |= reasons.context(found, instrument)
    context |= way_up.panel(assessment, request.GET) or {}
    return render(request, "assessments/result.html", context)


def missing(instrument: Instrument, found: Result) -> dict[str, object] | None:
    """What is missing for the next level, in at most three lines; None at the highest."""
    following = found.official.next
    if following is None:
        return None
    return {
        "level": following.level,
        "level_name": instrument.level_name(following.level),
        "scenarios_short": following.scenarios_short,
        "binding_short": following.binding_short,
        "scenarios": [(instrument.item(step.code), step) for step in following.scenarios],
        "base_items": [
            (instrument.item(step.code), charts.decimal(step.gain))
            for step in following.base_items[:SHOWN_BASE_ITEMS]
        ],
    }


def next_tier(found: Result) -> dict[str, int] | None:
    """The tier above the stated one with the chance of reaching it or a higher one; None at the top."""
    if found.tier is None or found.tier.tier >= len(found.tier.exceed):
        return None
    above = found.tier.tier + 1
    return {"tier": above, "chance": found.tier.exceed[above - 1]}
