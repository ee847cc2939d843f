"""Submitting: freeze the answers and have them scored."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from assessments.actions.answers import AnswersLocked
from assessments.answering.answer_sources import COMPANY, AnswerSource, answers_on_behalf
from assessments.answering.reopening import may_submit
from assessments.answering.validation import SubmissionProblem, get_present_answers, list_answer_problems
from assessments.audit_codes import AssessmentAuditCode
from assessments.models import Assessment, Submission
from assessments.tasks.scoring import request_scoring
from audit.record import record
from companies.models import StandIn
from companies.permissions import permissions_in_company, require
from instrument import ItemAnswer, Snapshot, build_snapshot, load_instrument

NUMBER_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
NUMBER_LENGTH = 8


class NotReady(Exception):
    """Answers that cannot be submitted yet; `problems` says what to do."""

    def __init__(self, problems: list[SubmissionProblem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


class NotDeclared(Exception):
    """A submission without the declaration of truthfulness."""


def submit_answers(
    *, assessment: Assessment, declared: bool, by: User, sheet: AnswerSource = COMPANY
) -> Submission:
    """Submit the present answers as the company's own, or its provider's values, and have them scored.

    Sending unchanged answers again returns the submission that is there, unless it was withdrawn. Raises `Forbidden`,
    `Frozen`, `NotDeclared` or `NotReady`; then nothing is stored.
    """
    held = permissions_in_company(by, assessment.company)
    on_behalf = sheet is COMPANY and answers_on_behalf(held)
    verb = Permission.SUBMIT if sheet is COMPANY else sheet.verb
    require(held, Permission.ANSWER_FOR if on_behalf else verb)
    if not (may_submit(assessment) if sheet is COMPANY else assessment.can_change):
        raise AnswersLocked
    if not declared:
        raise NotDeclared
    with transaction.atomic():
        locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
        answers = get_present_answers(locked, sheet)
        found = list_answer_problems(load_instrument(assessment.round.instrument_version), answers)
        if found:
            raise NotReady(found)
        if on_behalf:
            StandIn.objects.get_or_create(user=by, company_id=assessment.company_id)
        submission = create_submission(
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


def create_submission(
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
    instrument = load_instrument(assessment.round.instrument_version)
    frozen = build_snapshot(instrument, answers)
    latest = (
        assessment.submissions.filter(kind=kind)
        .select_related("withdrawal")
        .order_by("-submitted_at")
        .first()
    )
    if latest is not None and latest.sha256 == frozen.sha256 and not latest.is_withdrawn:
        return latest
    submission = _insert_submission(assessment, frozen, kind=kind, origin=origin, supersedes=latest, by=by)
    if kind == Submission.Kind.SELF:
        assessment.submitted_at = assessment.submitted_at or submission.submitted_at
        assessment.save(update_fields=["submitted_at", "updated_at"])
    record(
        AssessmentAuditCode.SUBMISSION_MADE,
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


def _insert_submission(
    assessment: Assessment,
    frozen: Snapshot,
    *,
    kind: Submission.Kind,
    origin: Submission.Origin,
    supersedes: Submission | None,
    by: User | None,
) -> Submission:
    instrument = load_instrument(assessment.round.instrument_version)
    return Submission.objects.create(
        number=make_receipt_number(),
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


def make_receipt_number() -> str:
    """Make a receipt number to be read out on the phone, LZ-XXXX-XXXX, without letters easily confused."""
    digits = "".join(secrets.choice(NUMBER_ALPHABET) for _ in range(NUMBER_LENGTH))
    return f"LZ-{digits[:4]}-{digits[4:]}"
