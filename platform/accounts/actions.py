"""Issuing and withdrawing the keys of service accounts."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit_codes import AccountAuditCode
from accounts.models import ApiKey, User
from audit.record import record

LONGEST_LIFE = timedelta(days=3 * 366)


class KeyNotIssuedError(ValueError):
    """A key that cannot be made as asked; the text says what to change."""


@transaction.atomic
def issue_key(
    *,
    user: User,
    name: str,
    scopes: list[str],
    expires_at: datetime,
    by: User | None,
    programme_id: uuid.UUID | None = None,
) -> tuple[ApiKey, str]:
    """Issue a service account's key, with its text, not to be had again. Raises `KeyNotIssuedError`."""
    if user.kind != User.Kind.SERVICE or not user.is_active:
        raise KeyNotIssuedError(_("Keys belong to service accounts that are open; people sign in instead."))
    if not name.strip():
        raise KeyNotIssuedError(_("Give the key a name that says who uses it."))
    unknown = sorted(set(scopes) - set(ApiKey.Scope.values))
    if unknown or not scopes:
        raise KeyNotIssuedError(
            _("Choose from these scopes: %(scopes)s.") % {"scopes": ", ".join(sorted(ApiKey.Scope.values))}
        )
    now = timezone.now()
    if not now < expires_at <= now + LONGEST_LIFE:
        raise KeyNotIssuedError(_("A key expires in the future, after three years at the latest."))
    key, text = ApiKey.issue(user=user, name=name.strip(), scopes=scopes, expires_at=expires_at, by=by)
    record(
        AccountAuditCode.KEY_ISSUED,
        key,
        by=by,
        programme_id=programme_id,
        name=key.name,
        account=user.email,
        scopes=key.scopes,
        expires_at=expires_at.isoformat(),
    )
    return key, text


@transaction.atomic
def withdraw_key(*, key: ApiKey, by: User | None, programme_id: uuid.UUID | None = None) -> bool:
    """Make a key useless from now on. False if it was withdrawn before, which changes nothing."""
    now = timezone.now()
    if not ApiKey.objects.filter(pk=key.pk, withdrawn_at__isnull=True).update(withdrawn_at=now):
        return False
    key.withdrawn_at = now
    record(AccountAuditCode.KEY_WITHDRAWN, key, by=by, programme_id=programme_id, name=key.name)
    return True
