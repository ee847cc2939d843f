"""Sheets: whose values the pages of the questionnaire fill in, and in which tables they are kept.

Each kind of submission has a sheet of its own, so that nobody's values are ever mixed with another's. All of
them are written by one rule, `assessments.answering.revisions`.
"""

from __future__ import annotations

from dataclasses import dataclass

from accounts.roles import Permission
from assessments.models import (
    Answer,
    AnswerRevision,
    Assessment,
    PreScore,
    PreScoreRevision,
    Submission,
)
from assessments.models.answer import AnswerContent


@dataclass(frozen=True)
class AnswerSource:
    """The tables that hold the values of one kind, now and as they were, and the verb that entering them takes."""

    kind: Submission.Kind
    verb: Permission
    present: type[AnswerContent]
    history: type[AnswerContent]

    def find_stored_answer(self, assessment: Assessment, item: str) -> AnswerContent | None:
        """Return what is stored for one item; one query."""
        return self.present._default_manager.filter(assessment=assessment, item=item).first()


COMPANY = AnswerSource(Submission.Kind.SELF, Permission.ANSWER, Answer, AnswerRevision)
PROVIDER = AnswerSource(Submission.Kind.PROVIDER, Permission.PRESCORE, PreScore, PreScoreRevision)


def is_provider(verbs: frozenset[Permission]) -> bool:
    """Return whether these are a service provider's verbs: own values beside the company's answers."""
    return PROVIDER.verb in verbs and COMPANY.verb not in verbs


def answers_on_behalf(verbs: frozenset[Permission]) -> bool:
    """Return whether these are the verbs of staff who enter the company's answers on its behalf."""
    return Permission.ANSWER_FOR in verbs and COMPANY.verb not in verbs and PROVIDER.verb not in verbs


def get_entering_permission(verbs: frozenset[Permission]) -> Permission:
    """Return the verb under which a person with these verbs enters values: the sheet's own, or on behalf."""
    return Permission.ANSWER_FOR if answers_on_behalf(verbs) else get_answer_source(verbs).verb


def get_submitting_permission(verbs: frozenset[Permission]) -> Permission:
    """Return the verb under which a person with these verbs submits."""
    if answers_on_behalf(verbs):
        return Permission.ANSWER_FOR
    return PROVIDER.verb if is_provider(verbs) else Permission.SUBMIT


def get_answer_source(verbs: frozenset[Permission]) -> AnswerSource:
    """Return the sheet that a person with these verbs fills in, or reads: a provider's own, or the company's."""
    return PROVIDER if is_provider(verbs) else COMPANY
