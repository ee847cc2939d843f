"""The one rule by which a value replaces another, for whatever is kept with its history.

Answers of the company, values of a provider and decisions on site all follow it: the first value has revision 1, each
change adds one, and a change names the revision that its form was made from. `judge_change` says what becomes of it;
`write_change` writes it and keeps what was there as a row of the history. The database asks the same question once
more as it writes (`statements.update_if_unchanged`: where the revision is still the one that was read), since
reading and writing are not one step; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum, auto
from typing import TypeVar

from accounts.models import User
from assessments.answering import statements
from assessments.models.answer import AnswerContent
from instrument import InvalidAnswer

# What a form is made from where there is no value yet.
NO_REVISION = 0
# Who gave a value, when and how: kept beside the content.
CIRCUMSTANCES = ("revision", "answered_by_id", "answered_at", "on_behalf")
MAX_DIGITS = 9

C = TypeVar("C", bound=AnswerContent)


class RevisionVerdict(Enum):
    """What becomes of a change."""

    WRITE = auto()
    # The same change sent twice, for example after a lost reply: it is there, and nothing is written.
    REPEATED = auto()
    # Somebody else changed the value since the form was made.
    STALE = auto()
    # It changes a value that there is not.
    UNKNOWN = auto()


class StaleAnswer(Exception):
    """A value that somebody else has changed since the form was made; `current` is what is stored now."""

    def __init__(self, current: AnswerContent) -> None:
        super().__init__(current.item)
        self.current = current


class Overtaken(Exception):
    """A change that came between reading and writing; nothing of this one is kept."""


def get_revision(current: AnswerContent | None) -> int:
    """Return the revision that a form about this value is made from."""
    return current.revision if current else NO_REVISION


def parse_revision(item: str, typed: str) -> int:
    """Return the revision that a form was made from; raise `InvalidAnswer` where it names none."""
    if not typed.isascii() or not typed.isdigit() or len(typed) > MAX_DIGITS:
        raise InvalidAnswer(item, "revision", "wrong_type", "the revision must be a whole number")
    return int(typed)


def judge_change(
    current: AnswerContent | None, revision: int, content: Mapping[str, object]
) -> RevisionVerdict:
    """Judge a change to `content` by a form that was made from `revision`, where `current` is stored."""
    if get_revision(current) == revision:
        return RevisionVerdict.WRITE
    if current is None:
        return RevisionVerdict.UNKNOWN
    return RevisionVerdict.REPEATED if content == current.get_content() else RevisionVerdict.STALE


def find_repeated(current: C | None, revision: int, content: Mapping[str, object], item: str) -> C | None:
    """Return what is stored where it is this very change; None where the change is to be written.

    Raises `StaleAnswer`, or `InvalidAnswer` where there is nothing to change.
    """
    verdict = judge_change(current, revision, content)
    if verdict is RevisionVerdict.WRITE:
        return None
    if current is None:
        raise InvalidAnswer(item, "revision", "unknown_revision", "There is no value yet to change.")
    if verdict is RevisionVerdict.STALE:
        raise StaleAnswer(current)
    return current


def build_next_columns(
    current: AnswerContent | None,
    content: Mapping[str, object],
    *,
    by: User | None,
    at: datetime,
    on_behalf: bool = False,
) -> dict[str, object]:
    """Build the columns of the value that comes after `current`."""
    return {
        **content,
        "revision": get_revision(current) + 1,
        "answered_by_id": by.pk if by else None,
        "answered_at": at,
        "on_behalf": on_behalf,
    }


def build_history_columns(current: AnswerContent) -> dict[str, object]:
    """Build the columns of the row that keeps what is stored now."""
    return {name: getattr(current, name) for name in (*current.KEY, *current.CONTENT, *CIRCUMSTANCES)}


def write_change(
    current: C | None,
    columns: Mapping[str, object],
    *,
    key: Mapping[str, object],
    present: type[C],
    history: type[AnswerContent],
    by: User,
) -> C:
    """Write the next value, keep the one it replaces, and return it; within the caller's transaction.

    `columns` come from `build_next_columns`, `key` names what the value is about. Raises `Overtaken`, or
    `IntegrityError` for a first value, where another write came first.
    """
    if current is None:
        current = present._default_manager.create(**key, **columns)
    else:
        past = build_history_columns(current)
        if not statements.update_if_unchanged(current, columns):
            raise Overtaken
        statements.insert_revision(history, past)
        for name, value in columns.items():
            setattr(current, name, value)
    current.answered_by = by
    return current
