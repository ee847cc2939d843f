"""A company's plan as a PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from assessments.answering.progress import PlanProgress
from assessments.reports.plan_table import build_plan_part
from assessments.reports.sentences import get_synthetic_line
from documents import pdf

TEMPLATE = Path(__file__).with_name("plan.typ")


def render_plan_pdf(progress: PlanProgress, language: str, *, is_synthetic: bool) -> bytes:
    """Render the plan in a language; its date is that of the last change, so repeats are the same bytes."""
    with override(language):
        return pdf.render_pdf(
            TEMPLATE,
            build_plan_content(progress, language, is_synthetic=is_synthetic),
            made_at=progress.plan.changed_at,
        )


def build_plan_content(progress: PlanProgress, language: str, *, is_synthetic: bool) -> dict[str, Any]:
    """Build what the template sets, in the language that is active."""
    plan = progress.plan
    changed = date_format(localtime(plan.changed_at), "DATE_FORMAT")
    return {
        "language": "zh" if language.startswith("zh") else "en",
        "title": _("Plan %(number)d") % {"number": plan.number},
        "author": _("Liuzhou AI Manufacturing Readiness"),
        "company": plan.assessment.company.name,
        "subtitle": _("%(round)s · changed %(date)s")
        % {"round": plan.assessment.round.code, "date": changed},
        "synthetic": get_synthetic_line() if is_synthetic else "",
        **build_plan_part(progress),
    }
