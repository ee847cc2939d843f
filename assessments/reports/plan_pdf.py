"""A company's plan as a PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from assessments.answering.progress import PlanProgress
from assessments.reports.plan_table import plan_part
from assessments.reports.sentences import synthetic_line
from documents import pdf

TEMPLATE = Path(__file__).with_name("plan.typ")


def plan_pdf(progress: PlanProgress, language: str, *, is_synthetic: bool) -> bytes:
    """The plan in a language; its date is that of the last change, so repeats are the same bytes."""
    with override(language):
        return pdf.compile(
            TEMPLATE, content(progress, language, is_synthetic=is_synthetic), made_at=progress.plan.changed_at
        )


def content(progress: PlanProgress, language: str, *, is_synthetic: bool) -> dict[str, Any]:
    """What the template sets, in the language that is active."""
    plan = progress.plan
    changed = date_format(localtime(plan.changed_at), "DATE_FORMAT")
    return {
        "language": "zh" if language.startswith("zh") else "en",
        "title": _("Plan %(number)d") % {"number": plan.number},
        "author": _("Liuzhou AI Manufacturing Readiness"),
        "company": plan.assessment.company.name,
        "subtitle": _("%(round)s · changed %(date)s")
        % {"round": plan.assessment.round.code, "date": changed},
        "synthetic": synthetic_line() if is_synthetic else "",
        **plan_part(progress),
    }
