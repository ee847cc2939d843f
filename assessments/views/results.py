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
from assessments.results import AssessmentResult
from assessments.views import charts, reasons, way_up
from assessments.views.access import build_page_context, get_assessment, get_signed_in_user
from companies.models import Membership
from companies.models.scope import build_current_condition
from documents.numbers import format_decimal
from instrument import Instrument, load_instrument

SHOWN_BASE_ITEMS = 3


@login_required
@require_safe
def show_result(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the result of an assessment; before it is scored, what has to happen first."""
    assessment, verbs = get_assessment(request, pk)
    context = build_page_context(assessment, verbs, "result")
    found = results.build_result(assessment)
    if found is None:
        submission = queries.find_latest_submission(assessment)
        return render(request, "assessments/no_result.html", context | {"submission": submission})
    instrument = load_instrument(found.instrument_version)
    context |= {
        "result": found,
        "is_member": Membership.objects.filter(
            build_current_condition(), user=get_signed_in_user(request), company=assessment.company
        ).exists(),
        "gates": charts.build_gate_data(found),
        "steps": get_missing_steps(instrument, found),
        "stairs": charts.build_stairs_data(found),
        "scale": charts.build_scale_data(found),
        "rows": charts.list_dimension_rows(found),
        "radar": charts.build_radar_data(found),
        "waterfall": charts.build_waterfall_data(found),
        "slope": charts.build_slope_data(found),
        "above": found.above_typical_sme,
        "next_tier": get_next_tier(found),
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
    context |= reasons.build_reasons_context(found, instrument)
    context |= way_up.build_way_up_panel(assessment, request.GET) or {}
    return render(request, "assessments/result.html", context)


def get_missing_steps(instrument: Instrument, found: AssessmentResult) -> dict[str, object] | None:
    """Return what is missing for the next level, in at most three lines; None at the highest."""
    following = found.official.next
    if following is None:
        return None
    return {
        "level": following.level,
        "scenarios_short": following.scenarios_short,
        "binding_short": following.binding_short,
        "scenarios": [(instrument.get_item(step.code), step) for step in following.scenarios],
        "base_items": [
            (instrument.get_item(step.code), format_decimal(step.gain))
            for step in following.base_items[:SHOWN_BASE_ITEMS]
        ],
    }


def get_next_tier(found: AssessmentResult) -> dict[str, int] | None:
    """Return the tier above the stated one, with the chance of at least reaching it; None at the top."""
    if found.tier is None or found.tier.tier >= len(found.tier.exceed):
        return None
    above = found.tier.tier + 1
    return {"tier": above, "chance": found.tier.exceed[above - 1]}
