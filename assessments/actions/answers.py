"""Saving answers."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Verb
from assessments.models import Answer, AnswerRevision, Assessment
from companies.permissions import require, verbs_in_company
from instrument import AnswerState, Instrument, InvalidAnswer, ItemAnswer, load

MAX_TEXT = 2_000
MAX_FIGURE = 24
COUNTS_AS_ANSWERED = frozenset({AnswerState.ANSWERED, AnswerState.DONT_KNOW, AnswerState.NOT_APPLICABLE})


class StaleAnswer(Exception):
    """Somebody else has changed the answer since the form was made; `current` is what is stored now."""

    def __init__(self, current: Answer) -> None:
        super().__init__(current.item)
        self.current = current


class Frozen(Exception):
    """Answers cannot change: the round is frozen for the company, or has not opened yet."""


def save(
    *,
    assessment: Assessment,
    item: str,
    answer: ItemAnswer,
    revision: int,
    by: User,
    undecided: bool = False,
) -> Answer:
    """Replace the answer to one item and keep what it was.

    `revision` is the one that the form was made from, 0 if there was no answer. `undecided` says that figures
    or a comment were typed but nothing is chosen yet, not even "later". The content is checked for
    codes that exist and nothing more: what is missing or does not fit is said when the company submits.

    Raises `StaleAnswer`, `Frozen`, `InvalidAnswer` or `Forbidden`; then nothing is stored.
    """
    require(verbs_in_company(by, assessment.company), Verb.ANSWER)
    if not assessment.can_change:
        raise Frozen
    content = storable(load(assessment.round.instrument_version), item, answer, undecided=undecided)
    now = timezone.now()
    with transaction.atomic():
        # The row of the assessment is the lock: two saves of one company wait for each other.
        locked = (
            Assessment.objects.select_for_update().only("id", "answered", "started_at").get(pk=assessment.pk)
        )
        current = Answer.objects.filter(assessment=locked, item=item).first()
        if (current.revision if current else 0) != revision:
            if current is None:
                raise InvalidAnswer(item, "revision", "unknown_revision", "There is no answer yet to change.")
            if content == contents_of(current):
                return current  # the same change sent twice, for example after a lost reply
            raise StaleAnswer(current)
        before = counted(current.state if current else None)
        if current is None:
            current = Answer(assessment=locked, item=item, revision=1)
        else:
            AnswerRevision.objects.create(
                assessment=locked,
                item=item,
                revision=current.revision,
                answered_by_id=current.answered_by_id,
                answered_at=current.answered_at,
                **contents_of(current),
            )
            current.revision += 1
        for name, value in content.items():
            setattr(current, name, value)
        current.answered_by = by
        current.answered_at = now
        current.save()
        locked.answered += counted(content["state"]) - before
        locked.last_answer_at = now
        locked.started_at = locked.started_at or now
        locked.save(update_fields=["answered", "last_answer_at", "started_at", "updated_at"])
    assessment.answered = locked.answered
    assessment.started_at = locked.started_at
    assessment.last_answer_at = now
    return current


def storable(
    instrument: Instrument, item_code: str, answer: ItemAnswer, *, undecided: bool = False
) -> dict[str, object]:
    """The columns of an answer; raises `InvalidAnswer` for codes that do not exist and texts that are too long."""
    if item_code not in instrument:
        raise InvalidAnswer(item_code, "item", "unknown_item", "There is no such question.")
    item = instrument.item(item_code)
    value = None
    if answer.state is AnswerState.ANSWERED and not undecided:
        value = item.parse(answer.value)
    if answer.state is AnswerState.NOT_APPLICABLE and item_code not in instrument.not_applicable_allowed:
        raise InvalidAnswer(
            item_code, "state", "not_allowed", "“Does not apply” cannot be chosen for this question."
        )
    known = {figure.code for figure in item.figures}
    figures: dict[str, str] = {}
    for code, typed in answer.figures.items():
        if code not in known:
            raise InvalidAnswer(item_code, code, "unknown_figure", f"{item_code} has no figure {code!r}.")
        if len(typed) > MAX_FIGURE:
            raise InvalidAnswer(
                item_code, code, "bad_figure", f"A figure has at most {MAX_FIGURE} characters."
            )
        if typed.strip():
            figures[code] = typed.strip()
    for name, text in (("reason", answer.reason), ("comment", answer.comment)):
        if len(text) > MAX_TEXT:
            raise InvalidAnswer(item_code, name, "too_long", f"At most {MAX_TEXT} characters fit here.")
    return {
        "state": None if undecided else answer.state.value,
        "value": list(value) if isinstance(value, tuple) else value,
        "reason": answer.reason.strip(),
        "figures": figures,
        "comment": answer.comment.strip(),
    }


def contents_of(answer: Answer) -> dict[str, object]:
    """The content columns of a stored answer."""
    return {name: getattr(answer, name) for name in ("state", "value", "reason", "figures", "comment")}


def counted(state: object) -> int:
    """1 if an answer in this state counts as answered, else 0."""
    return int(state in COUNTS_AS_ANSWERED)
