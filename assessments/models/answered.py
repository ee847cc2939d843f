"""What counts as answered: a value, "don't know" and "does not apply"; one rule, in Python and in SQL.

Of the states themselves the instrument decides (`AnswerState.counts_as_answered`). A stored answer may have none:
figures or a comment were typed, and nothing is chosen yet.
"""

from __future__ import annotations

from django.db.models import Q

from instrument import AnswerState

ANSWERED_STATES = frozenset(state.value for state in AnswerState if state.counts_as_answered)


def is_answered(state: object) -> bool:
    """Whether an answer in this stored state, None for none, counts as answered."""
    return state in ANSWERED_STATES


def build_answered_condition(prefix: str = "") -> Q:
    """Build the condition that an answer counts as answered; `prefix` leads to it."""
    return Q(**{f"{prefix}state__in": sorted(ANSWERED_STATES)})
