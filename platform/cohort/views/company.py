"""One file per company: profile, rounds, answers and history."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.roles import Verb
from assessments.models import Assessment, ScoreRun, Submission
from assessments.models.assessment import Stage
from cohort.models import StatedResult
from cohort.queries.expressions import THOUSANDTHS
from cohort.queries.file import Answered, Result, answers_of, assessments_of, results_of
from cohort.queries.timeline import EVENTS_SHOWN, Event, timeline_of
from cohort.views.charts import HUNDREDTHS, Figure
from cohort.views.company_parts import tabs_of
from cohort.views.flags import hints
from companies.audit_labels import action_words
from companies.models import Company, CompanyYear, Listing, Programme
from companies.models.scope import companies_allowing
from companies.names import name_in
from companies.permissions import require, verbs_in_company
from companies.phone_visibility import CALLERS, masked
from documents.numbers import plotted, points
from instrument import Dimension, Instrument, Item, load

PIPS = 4
YEARS_SHOWN = 3


@login_required
@require_safe
def company(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The file of a company; `round` and `dimension` choose the answers shown."""
    user = request.user
    assert isinstance(user, User)
    reachable = companies_allowing(user, Verb.SEE_COMPANY) | companies_allowing(user, Verb.SEE_COHORT)
    found = get_object_or_404(
        Company.objects.filter(reachable).select_related(
            "division", "functional_area", "sector", "key_industry", "merged_into"
        ),
        pk=pk,
    )
    verbs = verbs_in_company(user, found)
    require(verbs, Verb.SEE_COHORT)
    require(verbs, Verb.SEE_COMPANY)
    sees_results = Verb.SEE_ANSWERS in verbs
    assessments = assessments_of(user, found)
    chosen = _chosen(assessments, request.GET.get("round", ""))
    language = get_language() or "en"
    context: dict[str, Any] = {
        "nav": "companies",
        "tab": "file",
        "tabs": tabs_of(user, found, verbs),
        "desk_links": desk_links(verbs, chosen),
        "company": found,
        "company_name": name_in(language, found),
        "phone": found.contact_phone if verbs & CALLERS else masked(found.contact_phone),
        "years": list(CompanyYear.objects.filter(company=found)[:YEARS_SHOWN]),
        "listings": list(
            Listing.objects.filter(
                company=found, programme__in=Programme.objects.allowing(user, Verb.SEE_COMPANY)
            )
            .select_related("programme")
            .order_by("programme__starts_on")
        ),
        "assessment": chosen,
        "assessments": assessments,
        "sees_results": sees_results,
        "stated_result": StatedResult.objects.filter(assessment=chosen).first() if sees_results else None,
        "runs": Verb.RUN_PROGRAMME in verbs,
        "former_names": list(found.former_names.all()),
        "absorbed": [(other, name_in(language, other)) for other in found.absorbed.order_by("name")],
        "merged_into": found.merged_into and name_in(language, found.merged_into),
        "events": [
            (event, event_words(event))
            for event in timeline_of(user, found, assessments, sees_answers=sees_results, most=EVENTS_SHOWN)[
                :EVENTS_SHOWN
            ]
        ],
    }
    if sees_results and chosen is not None:
        instrument = load(chosen.round.instrument_version)
        results = results_of(assessments)
        dimension = _dimension(instrument, request.GET.get("dimension", ""))
        context |= {
            "items": len(instrument.items),
            "results": results,
            "readings": readings(instrument, results, chosen),
            "dimension_rows": [
                (dimension, [(result.run.dimensions[place], result.title) for result in results])
                for place, dimension in enumerate(instrument.dimensions)
            ],
            "synthetic": any(result.run.release.is_synthetic for result in results),
            "figure": round_figure(results),
            "hints": hints(user, verbs, chosen),
            "dimensions": instrument.dimensions,
            "dimension": dimension,
            "answers": [
                (
                    row,
                    [
                        _cell(row.item, answered)
                        for answered in (row.by_company, row.by_provider, row.verified)
                    ],
                )
                for row in answers_of(user, chosen, dimension.code)
            ],
        }
    return render(request, "cohort/company.html", context)


def desk_links(verbs: frozenset[Verb], assessment: Assessment | None) -> list[tuple[str, str]]:
    """Where the person can work on this assessment now, and the company's plan: address and words."""
    if assessment is None or assessment.closed_at is not None:
        return []
    here = [assessment.pk]
    found = []
    if Verb.REVIEW in verbs and assessment.submitted_at and not assessment.recommended_at:
        found.append((reverse("cohort:check", args=here), _("County check")))
    if Verb.VERIFY in verbs and assessment.recommended_at and not assessment.accepted_at:
        found.append((reverse("cohort:visit", args=here), _("Open the verification desk")))
    if Verb.SEE_FLAGS in verbs and assessment.recommended_at:
        found.append((reverse("cohort:acceptance", args=here), _("Conditions of acceptance")))
    if Verb.SEE_ANSWERS in verbs and assessment.plans.exists():
        found.append((reverse("assessments:plan", args=here), _("The company’s plan")))
    return found


def _chosen(assessments: Sequence[Assessment], code: str) -> Assessment | None:
    """The assessment of the round asked for, else the last scored one, else the last one."""
    asked = [assessment for assessment in assessments if assessment.round.code == code]
    scored = [assessment for assessment in assessments if assessment.run is not None]
    return next(reversed([*assessments[-1:], *scored, *asked]), None)


def _dimension(instrument: Instrument, code: str) -> Dimension:
    return next((found for found in instrument.dimensions if found.code == code), instrument.dimensions[0])


@dataclass(frozen=True, slots=True)
class Readings:
    """What the official level is made of, for each result a text and its heading; the gates are of `level`."""

    level: int
    base: list[tuple[str, str]]
    scenarios: list[tuple[str, str]]
    binding: list[tuple[str, str]]


def readings(instrument: Instrument, results: Sequence[Result], assessment: Assessment) -> Readings:
    """Base points, and scenarios at the programme's target level against what that level asks for."""
    level = assessment.round.programme.target_level
    gate = next((gate for gate in instrument.rule.gates if gate.level == level), instrument.rule.gates[0])

    def against(counted: Callable[[ScoreRun], object], needed: object) -> list[tuple[str, str]]:
        return [(f"{counted(result.run)} / {needed}", result.title) for result in results]

    return Readings(
        level=gate.level,
        base=against(lambda run: f"{Decimal(run.base_points) / THOUSANDTHS:f}", f"{float(gate.base):g}"),
        scenarios=against(lambda run: getattr(run, f"scenarios_{gate.level}"), gate.scenarios),
        binding=against(lambda run: getattr(run, f"binding_{gate.level}"), gate.binding),
    )


def round_figure(results: Sequence[Result]) -> Figure | None:
    """The self-assessed readiness of each round with its likely range; None with fewer than two rounds.

    Self-assessed throughout, because a verified score after a self-assessed one would show the assessor's
    corrections as if they were a change.
    """
    runs = [(result.assessment.round.code, result.run) for result in results if not result.is_verified]
    if len(runs) < 2:
        return None
    low = min(run.readiness_low for _code, run in runs) / HUNDREDTHS
    high = max(run.readiness_high for _code, run in runs) / HUNDREDTHS

    return Figure(
        id="chart-rounds",
        chart="slope",
        label=_("Own readiness score over the rounds, with its likely range"),
        caption="",
        data={
            "x": [code for code, _run in runs],
            "y": [plotted(run.readiness) for _code, run in runs],
            "lo": [plotted(run.readiness_low) for _code, run in runs],
            "hi": [plotted(run.readiness_high) for _code, run in runs],
            "min": max(0, int(low // 10) * 10),
            "max": min(100, int(high // 10 + 1) * 10),
            "name": _("Readiness score"),
        },
        head=[_("Round"), _("Readiness score"), _("Likely range, 90%")],
        rows=[
            [
                code,
                points(run.readiness),
                f"{points(run.readiness_low)}–{points(run.readiness_high)}",
            ]
            for code, run in runs
        ],
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """An answer in the table: a level of four to be drawn as blocks, else words."""

    level: int | None
    words: str


def _cell(item: Item, answered: Answered | None) -> Cell | None:
    if answered is None:
        return None
    if answered.state == "missing":
        return Cell(None, _("Don’t know"))
    if answered.state == "not_applicable":
        return Cell(None, _("Does not apply"))
    if item.max_stage == PIPS:
        return Cell(answered.stage, "")
    return Cell(None, _("%(stage)d of %(most)d") % {"stage": answered.stage, "most": item.max_stage})


def event_words(event: Event) -> str:
    """What happened, in words."""
    if isinstance(event.subject, Submission):
        return _("%(round)s: submission %(number)s, %(kind)s (%(origin)s), sha256 %(sha)s…") % {
            "round": event.round,
            "number": event.subject.number,
            "kind": event.subject.get_kind_display(),
            "origin": event.subject.get_origin_display(),
            "sha": event.subject.sha256[:8],
        }
    if isinstance(event.subject, Stage):
        return _("%(round)s: %(stage)s") % {"round": event.round, "stage": event.subject.label}
    return action_words(event.subject)
