"""Saying what came of a hint."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Verb
from assessments.models import Flag
from assessments.reviewing.conflicts_of_interest import require_untied, ties_to_company
from audit.record import record
from companies.permissions import require, verbs_in_company

MAX_COMMENT = 2_000


class NoComment(Exception):
    """Settling a hint needs a comment that says why."""


def settle(*, flag: Flag, disposition: Flag.Disposition, comment: str, by: User) -> Flag:
    """Store what came of a hint; setting it back to open needs no comment.

    Raises `NoComment`, `Forbidden` or `Tied`; then nothing is stored.
    """
    company = flag.assessment.company
    require(verbs_in_company(by, company), Verb.SETTLE_FLAGS)
    require_untied(ties_to_company(by, flag.assessment))
    comment = comment.strip()[:MAX_COMMENT]
    if disposition != Flag.Disposition.OPEN and not comment:
        raise NoComment
    with transaction.atomic():
        flag.disposition = disposition
        flag.comment = comment
        flag.settled_by, flag.settled_at = by, timezone.now()
        flag.save(update_fields=["disposition", "comment", "settled_by", "settled_at"])
        record(
            "flag.settled",
            flag,
            by=by,
            company_id=company.pk,
            programme_id=flag.assessment.round.programme_id,
            disposition=disposition.value,
            kind=flag.kind,
            item=flag.item,
        )
    return flag
