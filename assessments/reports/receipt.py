"""The receipt of a submission as a PDF to keep: number, time, hash, and the answers as they were submitted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from assessments.answering.listing import AnswerListRow, SectionAnswers
from assessments.answering.questions import translate_text
from assessments.models import Submission
from documents import pdf

TEMPLATE = Path(__file__).parent / "receipt.typ"


def render_receipt_pdf(submission: Submission, sections: Sequence[SectionAnswers]) -> bytes:
    """Render the PDF in the language of the page, with the time of the submission: it repeats exactly."""
    return pdf.render_pdf(
        TEMPLATE, build_receipt_content(submission, sections), made_at=submission.submitted_at
    )


def build_receipt_content(submission: Submission, sections: Sequence[SectionAnswers]) -> dict[str, Any]:
    """Build what the template sets, in words."""
    assessment = submission.assessment
    title = _("Receipt %(number)s") % {"number": submission.number}
    moment = localtime(submission.submitted_at)
    return {
        "language": "zh" if (get_language() or "").startswith("zh") else "en",
        "title": title,
        "author": _("Liuzhou AI Manufacturing Readiness"),
        "company": assessment.company.name,
        "header": f"{assessment.company.name} · {assessment.round.get_code_display()}",
        "footer": f"{submission.number} · SHA-256 {submission.sha256}",
        "facts": [
            [_("Receipt number"), submission.number],
            [pgettext("a time", "Submitted"), date_format(moment, "DATETIME_FORMAT")],
            [_("By"), submission.submitted_by.name if submission.submitted_by else "–"],
            [_("Kind"), str(submission.get_kind_display())],
            [_("Questionnaire"), submission.instrument_version],
            ["SHA-256", submission.sha256],
        ],
        "heading": _("Answers as submitted"),
        "note": _(
            "The hash of this receipt is computed from what was submitted and serves to check whether that was changed."
        ),
        "head": [_("Question"), _("Answer")],
        "sections": [
            {
                "name": translate_text(listed.section.name),
                "rows": [
                    {
                        "code": row.item.code,
                        "name": translate_text(row.item.name),
                        "lines": list_receipt_lines(row),
                    }
                    for row in listed.rows
                ],
            }
            for listed in sections
        ],
    }


def list_receipt_lines(row: AnswerListRow) -> list[str]:
    """Return an answer with its figures and its comment, one line each."""
    return [*row.lines, *row.figures, *([row.comment] if row.comment else [])]
