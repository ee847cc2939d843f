"""Saving answers of the company, and of its provider, one item at a time."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from assessments.answering import revisions, statements
from assessments.answering.answer_sources import COMPANY, AnswerSource, answers_on_behalf
from assessments.answering.reopening import is_open
from assessments.models import Assessment
from assessments.models.answer import AnswerContent
from assessments.models.answered import is_answered
from companies.models import StandIn
from companies.permissions import permissions_in_company, require
from instrument import AnswerState, Instrument, InvalidAnswer, ItemAnswer, load_instrument

MAX_TEXT = 2_000
MAX_FIGURE = 24


class AnswersLocked(Exception):
    """Answers that cannot change: the round is frozen or not open yet, or the item is locked in a review."""


def save_answer(
    *,
    assessment: Assessment,
    item: str,
    answer: ItemAnswer,
    revision: int,
    by: User,
    undecided: bool = False,
    sheet: AnswerSource = COMPANY,
    verbs: frozenset[Permission] | None = None,
    stored: Mapping[str, AnswerContent] | None = None,
) -> AnswerContent:
    """Replace the answer to one item and keep what it was.

    `revision` is the one that the form was made from, 0 if there was no answer. `undecided` says that figures
    or a comment were typed but nothing is chosen yet, not even "later". The content is checked for
    codes that exist and nothing more: what is missing or does not fit is said when the company submits.
    Staff who may answer for the company enter it on its behalf; the answer says so.
    A caller that has looked up what `by` may do, or what is stored, hands it in as `verbs` and `stored`.

    Sending the same change twice writes it once.
    Raises `StaleAnswer`, `Frozen`, `InvalidAnswer` or `Forbidden`; then nothing is stored.
    """
    held = permissions_in_company(by, assessment.company) if verbs is None else verbs
    on_behalf = sheet is COMPANY and answers_on_behalf(held)
    require(held, Permission.ANSWER_FOR if on_behalf else sheet.verb)
    if not (is_open(assessment, item) if sheet is COMPANY else assessment.can_change):
        raise AnswersLocked
    content = build_answer_columns(
        load_instrument(assessment.round.instrument_version), item, answer, undecided=undecided
    )
    current = sheet.find_stored_answer(assessment, item) if stored is None else stored.get(item)
    write = partial(
        _replace_answer,
        sheet=sheet,
        assessment=assessment,
        item=item,
        content=content,
        revision=revision,
        by=by,
        on_behalf=on_behalf,
    )
    # Saving is one transaction by itself; only with a second write is one needed around it.
    with transaction.atomic() if on_behalf else nullcontext():
        if on_behalf:
            # Whoever stands in for a company never verifies it.
            StandIn.objects.get_or_create(user=by, company_id=assessment.company_id)
        try:
            return write(current=current)
        except (revisions.Overtaken, IntegrityError):
            # What was read had been changed by the time it was to be written. Look again: it is stale, or the same.
            return write(current=sheet.find_stored_answer(assessment, item))


def _replace_answer(
    *,
    sheet: AnswerSource,
    assessment: Assessment,
    item: str,
    content: Mapping[str, object],
    revision: int,
    by: User,
    current: AnswerContent | None,
    on_behalf: bool,
) -> AnswerContent:
    """Write `content` over `current`, which was read before, unless somebody was faster; keep what it was."""
    if (repeated := revisions.find_repeated(current, revision, content, item)) is not None:
        return repeated
    now = timezone.now()
    more = is_answered(content["state"]) - is_answered(current.state if current else None)
    with transaction.atomic():
        if sheet is COMPANY:
            # Writing to the assessment first makes it the lock: two saves of one company wait for each other.
            statements.increment_answered(assessment, more, now)
        written = revisions.write_change(
            current,
            revisions.build_next_columns(current, content, by=by, at=now, on_behalf=on_behalf),
            key={"assessment_id": assessment.pk, "item": item},
            present=sheet.present,
            history=sheet.history,
            by=by,
        )
    if sheet is COMPANY:
        assessment.answered += more
        assessment.last_answer_at = now
        assessment.started_at = assessment.started_at or now
    return written


def build_answer_columns(
    instrument: Instrument, item_code: str, answer: ItemAnswer, *, undecided: bool = False
) -> dict[str, object]:
    """Build the columns of an answer; raises `InvalidAnswer` for unknown codes and texts that are too long."""
    if item_code not in instrument:
        raise InvalidAnswer(item_code, "item", "unknown_item", "There is no such question.")
    item = instrument.get_item(item_code)
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
