"""The panel "Cheapest way up": on the result page, on a page of its own, and by itself for its switches."""

from __future__ import annotations

import uuid
from fractions import Fraction
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.answering import queries
from assessments.answering.questions import translate_text
from assessments.models import Assessment
from assessments.plans import PlanQuestion, WhatIf, build_subject, build_what_if
from assessments.results.stage_labels import format_stage_change, format_stage_label
from assessments.views.access import build_page_context, get_assessment
from benchmarks.costs import PLATFORM_ESTIMATE
from benchmarks.ml.plan import UpgradeStep
from documents.numbers import format_decimal, round_to_hundredths
from instrument import Instrument

THOUSANDTHS = 1000
# So many positions of the budget slider; fewer where the whole cost is less.
SLIDER_STEPS = 40


@login_required
@require_safe
def show_way_up(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the panel for the query string's wishes; a whole page unless htmx asks for the panel alone."""
    assessment, verbs = get_assessment(request, pk)
    found = build_way_up_panel(assessment, request.GET)
    if found is None:
        raise Http404
    context = build_page_context(assessment, verbs, "result") | found
    is_part = getattr(request, "htmx", False)
    return render(request, f"assessments/{'_way_up' if is_part else 'way_up'}.html", context)


def build_way_up_panel(assessment: Assessment, form: QueryDict) -> dict[str, Any] | None:
    """Return what `_way_up.html` needs; None before there is a score. Two queries."""
    run = queries.find_counting_run(assessment)
    if run is None:
        return None
    subject = build_subject(run, assessment.company, assessment.round.programme)
    question = PlanQuestion.from_form(subject, form)
    answer = build_what_if(subject, question)
    return {
        "way_up": answer,
        "way_up_form": question,
        "way_up_targets": [target for target in (subject.next_level, subject.next_tier) if target],
        "way_up_steps": [_build_step(subject.instrument, step, question) for step in answer.plan.steps]
        if answer
        else [],
        "way_up_left_out": [subject.instrument.get_item(code) for code in sorted(question.exclude)],
        "way_up_outcomes": pgettext("enumeration", ", ").join(
            translate_text(subject.instrument.get_item(code).name) for code in subject.catalogue.outcomes
        ),
        "way_up_figures": _build_figures(answer) if answer else None,
        "way_up_needs": [
            {
                "item": subject.instrument.get_item(rule.item),
                "needs": subject.instrument.get_item(rule.needs),
                "reason": rule.reason["zh-hans" if (get_language() or "").startswith("zh") else "en"],
            }
            for rule in (answer.broken if answer else ())
        ],
        "way_up_slider": _build_slider(answer, question) if answer else None,
        "way_up_size": subject.size.label,
        "way_up_has_missing": subject.has_missing,
        "is_synthetic": run.release.is_synthetic,
    }


def _build_step(instrument: Instrument, step: UpgradeStep, question: PlanQuestion) -> dict[str, Any]:
    item = instrument.get_item(step.item)
    return {
        "step": step,
        "item": item,
        "title": translate_text(instrument.step_titles[step.item]),
        "is_on": step.item not in question.off,
        "aim": format_stage_label(item, step.to_stage),
        "change": format_stage_change(item, step.from_stage, step.to_stage),
        "unit": {
            "scale": pgettext("of an answer", "level"),
            "single": pgettext("of an answer", "option"),
            "multiple": pgettext("of an answer", "base points"),
        }[item.kind],
        "gain": round_to_hundredths(step.gain),
        "after": [translate_text(instrument.get_item(code).name) for code in step.after],
        "source": format_cost_source(step),
    }


def format_cost_source(step: UpgradeStep) -> str:
    """Say where the cost comes from and from when; the platform's own estimates in the page's language."""
    parts = [
        _("platform estimate") if part == PLATFORM_ESTIMATE else part for part in step.source.split("; ")
    ]
    year, month, _day = step.date.split("-")
    return _("%(source)s, %(year)s-%(month)s") % {"source": "; ".join(parts), "year": year, "month": month}


def _build_figures(answer: WhatIf) -> dict[str, Any]:
    """Return the totals above the steps, as they are shown."""
    chance = answer.target.number - 1
    gate = answer.gate
    return {
        "base_before": format_decimal(Fraction(answer.before.base, THOUSANDTHS)),
        "base_after": format_decimal(Fraction(answer.after.base, THOUSANDTHS)),
        "base_needed": format_decimal(Fraction(gate.base_thousandths, THOUSANDTHS)) if gate else "",
        "chance_before": answer.before.exceed[chance] if gate is None else None,
        "chance_after": answer.after.exceed[chance] if gate is None else None,
        "readiness_after": answer.after.readiness,
    }


def _build_slider(answer: WhatIf, question: PlanQuestion) -> dict[str, int] | None:
    """Return bounds of the budget in thousand yuan; None where nothing costs anything."""
    if not answer.full_cost:
        return None
    step = max(1, round(answer.full_cost / SLIDER_STEPS))
    highest = -(-answer.full_cost // step) * step
    asked = highest if question.budget is None else min(question.budget, highest)
    return {"step": step, "max": highest, "value": asked}
