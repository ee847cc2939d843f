"""Handing assessments to county reviewers and assessors."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from assessments.audit_codes import AssessmentAuditCode
from assessments.models import Assessment, ReviewAssignment
from assessments.reviewing.reviewers import may_be_assigned
from audit.record import record
from companies.permissions import permissions_in_programme, require


class NotAssignable(ValueError):
    """A person who cannot review this company: no such role for it, or has acted for it."""


def assign_reviewer(
    *, assessment: Assessment, kind: ReviewAssignment.Kind, to: User, by: User
) -> ReviewAssignment:
    """Hand the assessment to `to`, in place of whoever had it. Needs `round__programme` and `company`.

    Raises `NotAssignable` or `Forbidden`. Assigning the same person again changes nothing.
    """
    programme = assessment.round.programme
    require(permissions_in_programme(by, programme), Permission.RUN_PROGRAMME)
    if not may_be_assigned(to, kind, assessment):
        raise NotAssignable
    with transaction.atomic():
        current = (
            ReviewAssignment.objects.select_for_update().filter(assessment=assessment, kind=kind).first()
        )
        if current is not None and current.user_id == to.pk:
            return current
        assignment, _created = ReviewAssignment.objects.update_or_create(
            assessment=assessment,
            kind=kind,
            defaults={"user": to, "assigned_by": by, "assigned_at": timezone.now()},
        )
        record(
            AssessmentAuditCode.REVIEW_ASSIGNED,
            assessment,
            by=by,
            company_id=assessment.company_id,
            programme_id=programme.pk,
            kind=kind.value,
            to=str(to.pk),
        )
    return assignment


def unassign_reviewer(*, assessment: Assessment, kind: ReviewAssignment.Kind, by: User) -> bool:
    """Take the assessment back from whoever has it; return False if nobody has."""
    programme = assessment.round.programme
    require(permissions_in_programme(by, programme), Permission.RUN_PROGRAMME)
    with transaction.atomic():
        taken, _ = ReviewAssignment.objects.filter(assessment=assessment, kind=kind).delete()
        if taken:
            record(
                AssessmentAuditCode.REVIEW_UNASSIGNED,
                assessment,
                by=by,
                company_id=assessment.company_id,
                programme_id=programme.pk,
                kind=kind.value,
            )
    return bool(taken)
