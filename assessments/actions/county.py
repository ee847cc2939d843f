"""The county's check: recommend a submission to the city, or give items back."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from assessments.answering import queries
from assessments.answering.reopening import find_open_return
from assessments.audit_codes import AssessmentAuditCode
from assessments.models import Assessment, CountyCheck, Return, ReturnedItem, Submission
from assessments.notifications.announcements import notify_about_return
from assessments.reviewing.conflicts_of_interest import (
    find_company_conflicts_of_interest,
    require_no_conflict_of_interest,
)
from audit.codes import AuditCode
from audit.record import record
from companies.permissions import permissions_in_company, require
from instrument import load_instrument

MAX_COMMENT = 2_000


class NothingToCheck(Exception):
    """No submission that waits for the county: none was made, it is recommended, or was given back."""


class NoItems(Exception):
    """A return that names no item, or does not say what to look at."""


def recommend_submission(*, assessment: Assessment, comment: str = "", by: User) -> CountyCheck:
    """Recommend the company's latest submission to the city.

    Raises `Forbidden`, `Tied` or `NothingToCheck`; then nothing is stored.
    """
    with transaction.atomic():
        locked, submission = _lock_waiting_assessment(assessment, by)
        now = timezone.now()
        check = CountyCheck.objects.create(
            assessment=locked,
            submission=submission,
            outcome=CountyCheck.Outcome.RECOMMENDED,
            comment=comment.strip()[:MAX_COMMENT],
            checked_by=by,
            checked_at=now,
        )
        locked.recommended_at = now
        locked.save(update_fields=["recommended_at", "updated_at"])
        _record_check(AssessmentAuditCode.ASSESSMENT_RECOMMENDED, locked, by=by, submission=submission.number)
    assessment.recommended_at = locked.recommended_at
    return check


def return_items(*, assessment: Assessment, items: Mapping[str, str], comment: str = "", by: User) -> Return:
    """Return items of the latest submission with a comment each; they alone can be answered then.

    Raises `Forbidden`, `Tied`, `NothingToCheck` or `NoItems`; then nothing is stored.
    """
    instrument = load_instrument(assessment.round.instrument_version)
    named = {code: text.strip()[:MAX_COMMENT] for code, text in items.items() if code in instrument}
    comment = comment.strip()[:MAX_COMMENT]
    if not named or not (comment or all(named.values())):
        raise NoItems
    with transaction.atomic():
        locked, submission = _lock_waiting_assessment(assessment, by)
        now = timezone.now()
        CountyCheck.objects.create(
            assessment=locked,
            submission=submission,
            outcome=CountyCheck.Outcome.RETURNED,
            comment=comment,
            checked_by=by,
            checked_at=now,
        )
        made = Return.objects.create(
            assessment=locked, origin=Return.Origin.COUNTY, comment=comment, returned_by=by, returned_at=now
        )
        ReturnedItem.objects.bulk_create(
            ReturnedItem(returned=made, item=code, comment=text) for code, text in named.items()
        )
        notify_about_return(made)
        _record_check(
            AssessmentAuditCode.ASSESSMENT_RETURNED, locked, by=by, origin=made.origin, items=sorted(named)
        )
    return made


def _lock_waiting_assessment(assessment: Assessment, by: User) -> tuple[Assessment, Submission]:
    """Lock the assessment; return it and its submission that waits for the county."""
    require(permissions_in_company(by, assessment.company), Permission.REVIEW)
    require_no_conflict_of_interest(find_company_conflicts_of_interest(by, assessment))
    locked = Assessment.objects.select_for_update(of=("self",)).select_related("round").get(pk=assessment.pk)
    submission = queries.find_latest_submission(locked)
    if submission is None or locked.recommended_at or locked.verified_at or find_open_return(locked):
        raise NothingToCheck
    return locked, submission


def _record_check(action: AuditCode, assessment: Assessment, *, by: User, **details: object) -> None:
    record(
        action,
        assessment,
        by=by,
        company_id=assessment.company_id,
        programme_id=assessment.round.programme_id,
        **details,
    )
