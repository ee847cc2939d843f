"""One file per company: profile, rounds, answers and history."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.roles import Permission
from assessments.models import Assessment, ScoreRun, Submission
from assessments.models.stage import Stage
from audit.codes import get_action_label
from cohort.models import StatedResult
from cohort.queries.expressions import THOUSANDTHS
from cohort.queries.file import (
    Answered,
    ResultColumn,
    list_company_assessments,
    list_item_stages,
    list_result_columns,
)
from cohort.queries.timeline import EVENTS_SHOWN, TimelineEvent, list_timeline_events
from cohort.views.charts import HUNDREDTHS, PageChart
from cohort.views.company_parts import list_tabs
from cohort.views.flags import list_hints
from companies.models import Company, CompanyYear, Listing, Programme
from companies.models.scope import build_company_condition
from companies.names import get_company_name
from companies.permissions import permissions_in_company, require
from companies.phone_visibility import CALLERS, mask_phone
from documents.numbers import format_decimal, format_points, round_points
from instrument import Dimension, Instrument, Item, load_instrument

PIPS = 4
YEARS_SHOWN = 3


@login_required
@require_safe
def show_company(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the file of a company; `round` and `dimension` choose the answers shown."""
    user = request.user
    assert isinstance(user, User)
    reachable = build_company_condition(user, Permission.SEE_COMPANY) | build_company_condition(
        user, Permission.SEE_COHORT
    )
    found = get_object_or_404(
        Company.objects.filter(reachable).select_related(
            "division", "functional_area", "sector", "key_industry", "merged_into"
        ),
        pk=pk,
    )
    verbs = permissions_in_company(user, found)
    require(verbs, Permission.SEE_COHORT)
    require(verbs, Permission.SEE_COMPANY)
    sees_results = Permission.SEE_ANSWERS in verbs
    assessments = list_company_assessments(user, found)
    chosen = _choose_assessment(assessments, request.GET.get("round", ""))
    language = get_language() or "en"
    context: dict[str, Any] = {
        "nav": "companies",
        "tab": "file",
        "tabs": list_tabs(user, found, verbs),
        "desk_links": list_work_links(verbs, chosen),
        "company": found,
        "company_name": get_company_name(language, found),
        "phone": found.contact_phone if verbs & CALLERS else mask_phone(found.contact_phone),
        "years": list(CompanyYear.objects.filter(company=found)[:YEARS_SHOWN]),
        "listings": list(
            Listing.objects.filter(
                company=found, programme__in=Programme.objects.allowing(user, Permission.SEE_COMPANY)
            )
            .select_related("programme")
            .order_by("programme__starts_on")
        ),
        "assessment": chosen,
        "assessments": assessments,
        "sees_results": sees_results,
        "stated_result": StatedResult.objects.filter(assessment=chosen).first() if sees_results else None,
        "runs": Permission.RUN_PROGRAMME in verbs,
        "former_names": list(found.former_names.all()),
        "absorbed": [(other, get_company_name(language, other)) for other in found.absorbed.order_by("name")],
        "merged_into": found.merged_into and get_company_name(language, found.merged_into),
        "events": [
            (event, format_event(event))
            for event in list_timeline_events(
                user, found, assessments, sees_answers=sees_results, most=EVENTS_SHOWN
            )[:EVENTS_SHOWN]
        ],
    }
    if sees_results and chosen is not None:
        instrument = load_instrument(chosen.round.instrument_version)
        results = list_result_columns(assessments)
        dimension = _choose_dimension(instrument, request.GET.get("dimension", ""))
        context |= {
            "items": len(instrument.items),
            "results": results,
            "readings": build_readings(instrument, results, chosen),
            "dimension_rows": [
                (dimension, [(result.run.dimensions[place], result.title) for result in results])
                for place, dimension in enumerate(instrument.dimensions)
            ],
            "synthetic": any(result.run.release.is_synthetic for result in results),
            "figure": build_round_chart(results),
            "hints": list_hints(user, verbs, chosen),
            "dimensions": instrument.dimensions,
            "dimension": dimension,
            "answers": [
                (
                    row,
                    [
                        _build_cell(row.item, answered)
                        for answered in (row.by_company, row.by_provider, row.verified)
                    ],
                )
                for row in list_item_stages(user, chosen, dimension.code)
            ],
        }
    return render(request, "cohort/company.html", context)


def list_work_links(verbs: frozenset[Permission], assessment: Assessment | None) -> list[tuple[str, str]]:
    """Return where the person can work on this assessment, and the company's plan: address and label."""
    if assessment is None or assessment.closed_at is not None:
        return []
    here = [assessment.pk]
    found = []
    if Permission.REVIEW in verbs and assessment.submitted_at and not assessment.recommended_at:
        found.append((reverse("cohort:check", args=here), _("County check")))
    if Permission.VERIFY in verbs and assessment.recommended_at and not assessment.accepted_at:
        found.append((reverse("cohort:visit", args=here), _("Open the verification desk")))
    if Permission.SEE_FLAGS in verbs and assessment.recommended_at:
        found.append((reverse("cohort:acceptance", args=here), _("Conditions of acceptance")))
    if Permission.SEE_ANSWERS in verbs and assessment.plans.exists():
        found.append((reverse("assessments:plan", args=here), _("The company’s plan")))
    return found


def _choose_assessment(assessments: Sequence[Assessment], code: str) -> Assessment | None:
    """Return the assessment of the round asked for, else the last scored one, else the last one."""
    asked = [assessment for assessment in assessments if assessment.round.code == code]
    scored = [assessment for assessment in assessments if assessment.run is not None]
    return next(reversed([*assessments[-1:], *scored, *asked]), None)


def _choose_dimension(instrument: Instrument, code: str) -> Dimension:
    return next((found for found in instrument.dimensions if found.code == code), instrument.dimensions[0])


@dataclass(frozen=True, slots=True)
class Readings:
    """The parts of the official level, for each result a text and its heading; the gates are of `level`."""

    level: int
    base: list[tuple[str, str]]
    scenarios: list[tuple[str, str]]
    binding: list[tuple[str, str]]


def build_readings(
    instrument: Instrument, results: Sequence[ResultColumn], assessment: Assessment
) -> Readings:
    """Return base points, and scenarios at the programme's target level against what it asks for."""
    level = assessment.round.programme.target_level
    gate = next((gate for gate in instrument.rule.gates if gate.level == level), instrument.rule.gates[0])

    def format_ratios(counted: Callable[[ScoreRun], object], needed: object) -> list[tuple[str, str]]:
        return [(f"{counted(result.run)} / {needed}", result.title) for result in results]

    return Readings(
        level=gate.level,
        base=format_ratios(
            lambda run: format_decimal(Fraction(run.base_points, THOUSANDTHS)), format_decimal(gate.base)
        ),
        scenarios=format_ratios(lambda run: getattr(run, f"scenarios_{gate.level}"), gate.scenarios),
        binding=format_ratios(lambda run: getattr(run, f"binding_{gate.level}"), gate.binding),
    )


def build_round_chart(results: Sequence[ResultColumn]) -> PageChart | None:
    """Return own readiness of each round with its likely range; None with fewer than two rounds.

    Self-assessed throughout, because a verified score after a self-assessed one would show the assessor's
    corrections as if they were a change.
    """
    runs = [(result.assessment.round.code, result.run) for result in results if not result.is_verified]
    if len(runs) < 2:
        return None
    low = min(run.readiness_low for _code, run in runs) / HUNDREDTHS
    high = max(run.readiness_high for _code, run in runs) / HUNDREDTHS

    return PageChart(
        id="chart-rounds",
        chart="slope",
        label=_("Own readiness score over the rounds, with its likely range"),
        caption="",
        data={
            "x": [code for code, _run in runs],
            "y": [round_points(run.readiness) for _code, run in runs],
            "lo": [round_points(run.readiness_low) for _code, run in runs],
            "hi": [round_points(run.readiness_high) for _code, run in runs],
            "min": max(0, int(low // 10) * 10),
            "max": min(100, int(high // 10 + 1) * 10),
            "name": _("Readiness score"),
        },
        head=[_("Round"), _("Readiness score"), _("Likely range, 90%")],
        rows=[
            [
                code,
                format_points(run.readiness),
                f"{format_points(run.readiness_low)}–{format_points(run.readiness_high)}",
            ]
            for code, run in runs
        ],
    )


@dataclass(frozen=True, slots=True)
class CompanyFileCell:
    """An answer in the table: a level of four to be drawn as blocks, else words."""

    level: int | None
    words: str


def _build_cell(item: Item, answered: Answered | None) -> CompanyFileCell | None:
    if answered is None:
        return None
    if answered.state == "missing":
        return CompanyFileCell(None, _("Don’t know"))
    if answered.state == "not_applicable":
        return CompanyFileCell(None, _("Does not apply"))
    if item.max_stage == PIPS:
        return CompanyFileCell(answered.stage, "")
    return CompanyFileCell(
        None, _("%(stage)d of %(most)d") % {"stage": answered.stage, "most": item.max_stage}
    )


def format_event(event: TimelineEvent) -> str:
    """Return what happened as a text."""
    if isinstance(event.subject, Submission):
        return _("%(round)s: submission %(number)s, %(kind)s (%(origin)s), checksum %(sha)s…") % {
            "round": event.round,
            "number": event.subject.number,
            "kind": event.subject.get_kind_display(),
            "origin": event.subject.get_origin_display(),
            "sha": event.subject.sha256[:8],
        }
    if isinstance(event.subject, Stage):
        return _("%(round)s: %(stage)s") % {"round": event.round, "stage": event.subject.label}
    return get_action_label(event.subject)
