"""What people are told about their personal data before they go on, and that they have read it (PIPL)."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.audit_codes import AccountAuditCode
from accounts.models import User
from audit.record import record

# Changes whenever the text in `accounts/purpose.html` says something else; everybody is asked again then.
VERSION = "2026-11"


def has_accepted_purpose(user: User) -> bool:
    """Return whether the person has accepted the text as it is now."""
    return user.purpose_version == VERSION


@transaction.atomic
def accept_purpose(*, user: User) -> None:
    """Note that the person has read and accepted the present text, and when."""
    user.purpose_version, user.purpose_accepted_at = VERSION, timezone.now()
    user.save(update_fields=["purpose_version", "purpose_accepted_at"])
    record(AccountAuditCode.PURPOSE_ACCEPTED, user, by=user, version=VERSION)
