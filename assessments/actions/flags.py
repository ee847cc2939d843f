"""Saying what came of a hint."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from assessments.audit_codes import AssessmentAuditCode
from assessments.models import Flag
from assessments.reviewing.conflicts_of_interest import (
    find_company_conflicts_of_interest,
    require_no_conflict_of_interest,
)
from audit.record import record
from companies.permissions import permissions_in_company, require

MAX_COMMENT = 2_000


class NoComment(Exception):
    """A hint settled without a comment that says why."""


def settle_flag(*, flag: Flag, disposition: Flag.Disposition, comment: str, by: User) -> Flag:
    """Store the disposition of a hint; setting it back to open needs no comment.

    Raises `NoComment`, `Forbidden` or `Tied`; then nothing is stored.
    """
    company = flag.assessment.company
    require(permissions_in_company(by, company), Permission.SETTLE_FLAGS)
    require_no_conflict_of_interest(find_company_conflicts_of_interest(by, flag.assessment))
    comment = comment.strip()[:MAX_COMMENT]
    if disposition != Flag.Disposition.OPEN and not comment:
        raise NoComment
    with transaction.atomic():
        flag.disposition = disposition
        flag.comment = comment
        flag.settled_by, flag.settled_at = by, timezone.now()
        flag.save(update_fields=["disposition", "comment", "settled_by", "settled_at"])
        record(
            AssessmentAuditCode.FLAG_SETTLED,
            flag,
            by=by,
            company_id=company.pk,
            programme_id=flag.assessment.round.programme_id,
            disposition=disposition.value,
            kind=flag.kind,
            item=flag.item,
        )
    return flag
