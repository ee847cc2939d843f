"""What stands beside the values being entered: the last round, the provider, the company."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessments.answering import queries
from assessments.answering.answer_sources import PROVIDER, Sheet
from assessments.answering.questions import Beside, Question
from assessments.models import Assessment, Submission

LAST_ROUND = "history"


def values_beside(assessment: Assessment, sheet: Sheet) -> list[Beside]:
    """What the options are marked with: the last round, and the provider's or the company's values; two queries."""
    found = []
    round_, previous = queries.previous_answers(assessment, sheet.kind)
    if round_ is not None:
        label = _("Round %(code)s") % {"code": round_.code}
        found.append(Beside(LAST_ROUND, label, previous))
    if sheet is PROVIDER:
        own = {answer.item: answer.as_item_answer() for answer in assessment.answers.all() if answer.state}
        found.append(Beside("building-factory-2", _("Company"), own))
    else:
        submitted = queries.latest_submission(assessment, Submission.Kind.PROVIDER)
        if submitted is not None:
            found.append(Beside("tool", _("Service provider"), submitted.answers()))
    return found


@dataclass(frozen=True)
class UnchangedOffer:
    """The open questions of a section that the last round answered: they can be confirmed together."""

    label: str
    open: int


def unchanged_offer(questions: list[Question], beside: list[Beside]) -> UnchangedOffer | None:
    """What may be confirmed as unchanged; None where nothing is open that the last round answered."""
    for other in beside:
        if other.icon == LAST_ROUND:
            count = sum(
                not question.is_answered and question.item.code in other.answers for question in questions
            )
            return UnchangedOffer(other.label, count) if count else None
    return None
