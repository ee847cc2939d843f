"""Sheets: whose values the pages of the questionnaire fill in, and in which tables they are kept.

Each kind of submission has a sheet of its own, so that nobody's values are ever mixed with another's. All of
them are written by one rule, `assessments.actions.answers`.
"""

from __future__ import annotations

from dataclasses import dataclass

from accounts.roles import Verb
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
class Sheet:
    """Where the values of one kind are kept, now and as they were, and the verb that it takes to enter them."""

    kind: Submission.Kind
    verb: Verb
    present: type[AnswerContent]
    history: type[AnswerContent]

    def stored(self, assessment: Assessment, item: str) -> AnswerContent | None:
        """What is stored for one item; one query."""
        return self.present._default_manager.filter(assessment=assessment, item=item).first()


COMPANY = Sheet(Submission.Kind.SELF, Verb.ANSWER, Answer, AnswerRevision)
PROVIDER = Sheet(Submission.Kind.PROVIDER, Verb.PRESCORE, PreScore, PreScoreRevision)


def is_provider(verbs: frozenset[Verb]) -> bool:
    """Whether these are a service provider's verbs: own values beside the company's answers."""
    return PROVIDER.verb in verbs and COMPANY.verb not in verbs


def stands_in(verbs: frozenset[Verb]) -> bool:
    """Whether these are the verbs of staff who enter the company's answers on its behalf."""
    return Verb.ANSWER_FOR in verbs and COMPANY.verb not in verbs and PROVIDER.verb not in verbs


def entering_verb(verbs: frozenset[Verb]) -> Verb:
    """The verb under which a person with these verbs enters values: the sheet's own, or that of standing in."""
    return Verb.ANSWER_FOR if stands_in(verbs) else sheet_of(verbs).verb


def submitting_verb(verbs: frozenset[Verb]) -> Verb:
    """The verb under which a person with these verbs submits."""
    if stands_in(verbs):
        return Verb.ANSWER_FOR
    return PROVIDER.verb if is_provider(verbs) else Verb.SUBMIT


def sheet_of(verbs: frozenset[Verb]) -> Sheet:
    """The sheet that a person with these verbs fills in, or reads: a provider's own, else the company's."""
    return PROVIDER if is_provider(verbs) else COMPANY
