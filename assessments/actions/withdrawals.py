"""Taking a submission back before anybody has reviewed it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from assessments.audit_codes import AssessmentAuditCode
from assessments.models import Assessment, Flag, Submission, Withdrawal
from assessments.models.assessment import POINTERS
from audit.record import record
from companies.permissions import permissions_in_company, require


class CannotWithdraw(Exception):
    """Nothing to withdraw, or a submission whose review has begun or whose round is frozen."""


def can_withdraw_submission(assessment: Assessment) -> bool:
    """Return whether the company's own submission may still be taken back; three queries at most."""
    return assessment.submitted_at is not None and assessment.can_change and not has_review_begun(assessment)


def has_review_begun(assessment: Assessment) -> bool:
    """Return whether the county checked it or gave anything back, or an assessor began a visit."""
    reached = (assessment.recommended_at, assessment.verified_at, assessment.accepted_at)
    return (
        any(reached)
        or assessment.county_checks.exists()
        or assessment.returns.exists()
        or assessment.visits.exists()
    )


def withdraw_submission(*, assessment: Assessment, by: User) -> Withdrawal:
    """Take the company's latest own submission back: its result no longer counts anywhere.

    The answers stay as they are and can be changed and submitted again; the new submission supersedes the one
    withdrawn. Raises `Forbidden` or `CannotWithdraw`; then nothing changes.
    """
    require(permissions_in_company(by, assessment.company), Permission.SUBMIT)
    with transaction.atomic():
        locked = (
            Assessment.objects.select_for_update(of=("self",)).select_related("round").get(pk=assessment.pk)
        )
        if not can_withdraw_submission(locked):
            raise CannotWithdraw
        own = Submission.objects.filter_counting().filter(assessment=locked, kind=Submission.Kind.SELF)
        submission = own.first()
        if submission is None:
            raise CannotWithdraw
        withdrawal = Withdrawal.objects.create(
            submission=submission, withdrawn_by=by, withdrawn_at=timezone.now()
        )
        locked.set_runs(None, locked.verified_run)
        locked.submitted_at = locked.scored_at = None
        locked.save(update_fields=[*POINTERS, "submitted_at", "scored_at", "updated_at"])
        Flag.objects.filter(assessment=locked, lapsed_at__isnull=True).update(
            lapsed_at=withdrawal.withdrawn_at
        )
        record(
            AssessmentAuditCode.SUBMISSION_WITHDRAWN,
            submission,
            by=by,
            company_id=locked.company_id,
            programme_id=locked.round.programme_id,
            number=submission.number,
        )
    return withdrawal
