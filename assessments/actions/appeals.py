"""Appeals of a company against its verified values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from assessments.audit_codes import AssessmentAuditCode
from assessments.models import Appeal, AppealItem, Assessment, Submission
from assessments.notifications.announcements import notify_about_appeal
from audit.record import record
from companies.permissions import permissions_in_company, require
from instrument import load_instrument

MAX_REASON = 2_000


class NoAppeal(Exception):
    """Nothing to appeal against: not verified, too late, accepted, or an appeal was heard already."""


class NoReason(Exception):
    """An appeal without an item, or with an item that has no reason."""


def find_appealable_submission(assessment: Assessment) -> Submission | None:
    """Return the verified submission that the company may still object to, or None; one query."""
    if assessment.verified_at is None or assessment.accepted_at is not None:
        return None
    submission = (
        Submission.objects.filter_counting()
        .filter(assessment=assessment, kind=Submission.Kind.VERIFIED)
        .select_related("appeal")
        .first()
    )
    if submission is None or get_appeal_deadline(submission) < timezone.now():
        return None
    heard = Appeal.objects.filter(assessment=assessment, submission=submission).exists()
    return None if heard else submission


def get_appeal_deadline(submission: Submission) -> datetime:
    """Return the moment until which the company may object."""
    return submission.submitted_at + timedelta(days=settings.APPEAL_DAYS)


def raise_appeal(*, assessment: Assessment, reasons: Mapping[str, str], by: User) -> Appeal:
    """Object to verified values, with a reason for each item; another assessor decides.

    Raises `Forbidden`, `NoAppeal` or `NoReason`; then nothing is stored.
    """
    require(permissions_in_company(by, assessment.company), Permission.APPEAL)
    instrument = load_instrument(assessment.round.instrument_version)
    given = {code: text.strip()[:MAX_REASON] for code, text in reasons.items() if code in instrument}
    if not given or not all(given.values()):
        raise NoReason
    with transaction.atomic():
        locked = (
            Assessment.objects.select_for_update(of=("self",)).select_related("round").get(pk=assessment.pk)
        )
        submission = find_appealable_submission(locked)
        if submission is None:
            raise NoAppeal
        made = Appeal.objects.create(
            assessment=locked, submission=submission, raised_by=by, raised_at=timezone.now()
        )
        AppealItem.objects.bulk_create(
            AppealItem(appeal=made, item=code, reason=text) for code, text in given.items()
        )
        notify_about_appeal(made)
        record(
            AssessmentAuditCode.APPEAL_RAISED,
            made,
            by=by,
            company_id=locked.company_id,
            programme_id=locked.round.programme_id,
            submission=submission.number,
            items=sorted(given),
        )
    return made
