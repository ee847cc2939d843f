"""Appeals of a company against its verified values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Verb
from assessments.models import Appeal, AppealItem, Assessment, Submission
from assessments.notifications.announcements import announce_appeal
from audit.record import record
from companies.permissions import require, verbs_in_company
from instrument import load

MAX_REASON = 2_000


class NoAppeal(Exception):
    """Nothing to appeal against: not verified, too late, accepted, or an appeal was heard already."""


class NoReason(Exception):
    """An appeal names at least one item, each with a reason."""


def appealable(assessment: Assessment) -> Submission | None:
    """The verified submission that the company may still object to; one query."""
    if assessment.verified_at is None or assessment.accepted_at is not None:
        return None
    submission = (
        Submission.objects.counting()
        .filter(assessment=assessment, kind=Submission.Kind.VERIFIED)
        .select_related("appeal")
        .first()
    )
    if submission is None or appeal_deadline(submission) < timezone.now():
        return None
    heard = Appeal.objects.filter(assessment=assessment, submission=submission).exists()
    return None if heard else submission


def appeal_deadline(submission: Submission) -> datetime:
    """Until when the company may object."""
    return submission.submitted_at + timedelta(days=settings.APPEAL_DAYS)


def appeal(*, assessment: Assessment, reasons: Mapping[str, str], by: User) -> Appeal:
    """Object to verified values, with a reason for each item; another assessor decides.

    Raises `Forbidden`, `NoAppeal` or `NoReason`; then nothing is stored.
    """
    require(verbs_in_company(by, assessment.company), Verb.APPEAL)
    instrument = load(assessment.round.instrument_version)
    given = {code: text.strip()[:MAX_REASON] for code, text in reasons.items() if code in instrument}
    if not given or not all(given.values()):
        raise NoReason
    with transaction.atomic():
        locked = (
            Assessment.objects.select_for_update(of=("self",)).select_related("round").get(pk=assessment.pk)
        )
        submission = appealable(locked)
        if submission is None:
            raise NoAppeal
        made = Appeal.objects.create(
            assessment=locked, submission=submission, raised_by=by, raised_at=timezone.now()
        )
        AppealItem.objects.bulk_create(
            AppealItem(appeal=made, item=code, reason=text) for code, text in given.items()
        )
        announce_appeal(made)
        record(
            "appeal.raised",
            made,
            by=by,
            company_id=locked.company_id,
            programme_id=locked.round.programme_id,
            submission=submission.number,
            items=sorted(given),
        )
    return made
