"""Submitting: freeze the answers and have them scored."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Verb
from assessments.actions.answers import Frozen
from assessments.answering.answer_sources import COMPANY, Sheet, stands_in
from assessments.answering.reopening import may_submit
from assessments.answering.validation import Problem, answers_of, problems_of
from assessments.models import Assessment, Submission
from assessments.tasks.scoring import request_scoring
from audit.record import record
from companies.models import StandIn
from companies.permissions import require, verbs_in_company
from instrument import ItemAnswer, Snapshot, load, snapshot

NUMBER_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
NUMBER_LENGTH = 8


class NotReady(Exception):
    """The answers cannot be submitted yet; `problems` says what to do."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


class NotDeclared(Exception):
    """The declaration of truthfulness was not ticked."""


def submit(*, assessment: Assessment, declared: bool, by: User, sheet: Sheet = COMPANY) -> Submission:
    """Freeze the present answers as the company's own submission, or its provider's values, and have them scored.

    Sending unchanged answers again returns the submission that is there, unless it was withdrawn. Raises `Forbidden`,
    `Frozen`, `NotDeclared` or `NotReady`; then nothing is stored.
    """
    held = verbs_in_company(by, assessment.company)
    on_behalf = sheet is COMPANY and stands_in(held)
    verb = Verb.SUBMIT if sheet is COMPANY else sheet.verb
    require(held, Verb.ANSWER_FOR if on_behalf else verb)
    if not (may_submit(assessment) if sheet is COMPANY else assessment.can_change):
        raise Frozen
    if not declared:
        raise NotDeclared
    with transaction.atomic():
        locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
        answers = answers_of(locked, sheet)
        found = problems_of(load(assessment.round.instrument_version), answers)
        if found:
            raise NotReady(found)
        if on_behalf:
            StandIn.objects.get_or_create(user=by, company_id=assessment.company_id)
        submission = freeze(
            assessment=locked,
            answers=answers,
            kind=sheet.kind,
            origin=Submission.Origin.BUREAU if on_behalf else Submission.Origin.SITE,
            by=by,
        )
        if sheet is COMPANY:
            # Whatever was given back is answered by this, also where the company stands by what it said.
            locked.returns.filter(closed_at__isnull=True).update(
                closed_at=timezone.now(), answered_by=submission
            )
        return submission


def freeze(
    *,
    assessment: Assessment,
    answers: Mapping[str, ItemAnswer],
    kind: Submission.Kind,
    origin: Submission.Origin,
    by: User | None,
    have_scored: bool = True,
) -> Submission:
    """Store a submission of complete answers, superseding the latest of its kind, and have it scored.

    The caller has checked the answers and what `by` may do, and holds the lock on the assessment. With
    `have_scored=False` the caller also sees to scoring, for example by one job for many submissions.
    """
    instrument = load(assessment.round.instrument_version)
    frozen = snapshot(instrument, answers)
    latest = (
        assessment.submissions.filter(kind=kind)
        .select_related("withdrawal")
        .order_by("-submitted_at")
        .first()
    )
    if latest is not None and latest.sha256 == frozen.sha256 and not latest.is_withdrawn:
        return latest
    submission = _store(assessment, frozen, kind=kind, origin=origin, supersedes=latest, by=by)
    if kind == Submission.Kind.SELF:
        assessment.submitted_at = assessment.submitted_at or submission.submitted_at
        assessment.save(update_fields=["submitted_at", "updated_at"])
    record(
        "submission.made",
        submission,
        by=by,
        company_id=assessment.company_id,
        programme_id=assessment.round.programme_id,
        kind=kind.value,
        origin=origin.value,
        sha256=frozen.sha256,
        supersedes=latest.number if latest else None,
    )
    if have_scored:
        request_scoring(submission, by=by)
    return submission


def _store(
    assessment: Assessment,
    frozen: Snapshot,
    *,
    kind: Submission.Kind,
    origin: Submission.Origin,
    supersedes: Submission | None,
    by: User | None,
) -> Submission:
    instrument = load(assessment.round.instrument_version)
    return Submission.objects.create(
        number=new_number(),
        assessment=assessment,
        kind=kind,
        origin=origin,
        content=frozen.content,
        sha256=frozen.sha256,
        instrument_version=instrument.version,
        instrument_sha256=instrument.sha256,
        vector=frozen.vector,
        declared=True,
        submitted_by=by,
        submitted_at=timezone.now(),
        supersedes=supersedes,
    )


def new_number() -> str:
    """A receipt number that can be read out on the phone: LZ-XXXX-XXXX, without letters easily confused."""
    digits = "".join(secrets.choice(NUMBER_ALPHABET) for _ in range(NUMBER_LENGTH))
    return f"LZ-{digits[:4]}-{digits[4:]}"
