"""The panel "Cheapest way up": on the result page, on a page of its own, and by itself for its switches."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.answering import queries
from assessments.answering.questions import words
from assessments.models import Assessment
from assessments.plans import Question, WhatIf, subject_of, what_if
from assessments.results.stage_labels import stage_change, stage_label
from assessments.views.access import find, page_context
from benchmarks.costs import PLATFORM_ESTIMATE
from benchmarks.ml.plan import Step
from instrument import Instrument

THOUSANDTHS = 1000
# So many positions of the budget slider; fewer where the whole cost is less.
SLIDER_STEPS = 40


@login_required
@require_safe
def way_up(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The panel for the wishes in the query string; a whole page unless htmx asks for the panel alone."""
    assessment, verbs = find(request, pk)
    found = panel(assessment, request.GET)
    if found is None:
        raise Http404
    context = page_context(assessment, verbs, "result") | found
    is_part = getattr(request, "htmx", False)
    return render(request, f"assessments/{'_way_up' if is_part else 'way_up'}.html", context)


def panel(assessment: Assessment, form: QueryDict) -> dict[str, Any] | None:
    """What `_way_up.html` needs; None before there is a score. Two queries."""
    run = queries.counting_run(assessment)
    if run is None:
        return None
    subject = subject_of(run, assessment.company, assessment.round.programme)
    question = Question.read(subject, form)
    answer = what_if(subject, question)
    return {
        "way_up": answer,
        "way_up_form": question,
        "way_up_targets": [target for target in (subject.next_level, subject.next_tier) if target],
        "way_up_level_name": words(subject.instrument.level_name(subject.next_level.number))
        if subject.next_level
        else "",
        "way_up_steps": [_step(subject.instrument, step, question) for step in answer.plan.steps]
        if answer
        else [],
        "way_up_left_out": [subject.instrument.item(code) for code in sorted(question.exclude)],
        "way_up_outcomes": pgettext("enumeration", ", ").join(
            words(subject.instrument.item(code).name) for code in subject.catalogue.outcomes
        ),
        "way_up_figures": _figures(answer) if answer else None,
        "way_up_needs": [
            {
                "item": subject.instrument.item(rule.item),
                "needs": subject.instrument.item(rule.needs),
                "reason": rule.reason["zh-hans" if (get_language() or "").startswith("zh") else "en"],
            }
            for rule in (answer.broken if answer else ())
        ],
        "way_up_slider": _slider(answer, question) if answer else None,
        "way_up_size": subject.size.label,
        "way_up_has_missing": subject.has_missing,
        "is_synthetic": run.release.is_synthetic,
    }


def _step(instrument: Instrument, step: Step, question: Question) -> dict[str, Any]:
    item = instrument.item(step.item)
    return {
        "step": step,
        "item": item,
        "title": words(instrument.step_titles[step.item]),
        "is_on": step.item not in question.off,
        "aim": stage_label(item, step.to_stage),
        "change": stage_change(item, step.from_stage, step.to_stage),
        "unit": {
            "scale": pgettext("of an answer", "level"),
            "single": pgettext("of an answer", "option"),
            "multiple": pgettext("of an answer", "base points"),
        }[item.kind],
        "gain": round(100 * step.gain),
        "after": [words(instrument.item(code).name) for code in step.after],
        "source": source_words(step),
    }


def source_words(step: Step) -> str:
    """Where the cost comes from and of when it is; the platform's own estimates in the page's language."""
    parts = [
        _("platform estimate") if part == PLATFORM_ESTIMATE else part for part in step.source.split("; ")
    ]
    year, month, _day = step.date.split("-")
    return _("%(source)s, %(year)s-%(month)s") % {"source": "; ".join(parts), "year": year, "month": month}


def _figures(answer: WhatIf) -> dict[str, Any]:
    """The totals above the steps, as they are shown."""
    chance = answer.target.number - 1
    gate = answer.gate
    return {
        "base_before": _thousandths(answer.before.base),
        "base_after": _thousandths(answer.after.base),
        "base_needed": _thousandths(gate.base_thousandths) if gate else "",
        "chance_before": answer.before.exceed[chance] if gate is None else None,
        "chance_after": answer.after.exceed[chance] if gate is None else None,
        "readiness_after": answer.after.readiness,
    }


def _thousandths(value: int) -> str:
    return f"{(Decimal(value) / THOUSANDTHS).normalize():f}"


def _slider(answer: WhatIf, question: Question) -> dict[str, int] | None:
    """Bounds of the budget in thousand yuan; None where nothing costs anything."""
    if not answer.full_cost:
        return None
    step = max(1, round(answer.full_cost / SLIDER_STEPS))
    highest = -(-answer.full_cost // step) * step
    asked = highest if question.budget is None else min(question.budget, highest)
    return {"step": step, "max": highest, "value": asked}
