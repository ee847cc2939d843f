"""What stands beside the values being entered: the last round, the provider, the company."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessments.answering import queries
from assessments.answering.answer_sources import PROVIDER, AnswerSource
from assessments.answering.questions import ComparisonValues, FormQuestion
from assessments.models import Assessment, Submission

LAST_ROUND = "history"


def list_comparison_values(assessment: Assessment, sheet: AnswerSource) -> list[ComparisonValues]:
    """Return what the options are marked with: last round, and provider's or company's values; two queries."""
    found = []
    round_, previous = queries.get_previous_answers(assessment, sheet.kind)
    if round_ is not None:
        label = _("Round %(code)s") % {"code": round_.code}
        found.append(ComparisonValues(LAST_ROUND, label, previous))
    if sheet is PROVIDER:
        own = {answer.item: answer.build_item_answer() for answer in assessment.answers.all() if answer.state}
        found.append(ComparisonValues("building-factory-2", _("Company"), own))
    else:
        submitted = queries.find_latest_submission(assessment, Submission.Kind.PROVIDER)
        if submitted is not None:
            found.append(ComparisonValues("tool", _("Service provider"), submitted.read_answers()))
    return found


@dataclass(frozen=True)
class UnchangedOffer:
    """The open questions of a section that the last round answered, to be confirmed together."""

    label: str
    open: int


def find_unchanged_offer(
    questions: list[FormQuestion], beside: list[ComparisonValues]
) -> UnchangedOffer | None:
    """Return what may be confirmed as unchanged; None where nothing is open that the last round answered."""
    for other in beside:
        if other.icon == LAST_ROUND:
            count = sum(
                not question.is_answered and question.item.code in other.answers for question in questions
            )
            return UnchangedOffer(other.label, count) if count else None
    return None
