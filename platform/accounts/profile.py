"""What people change about themselves."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from accounts.audit_codes import AccountAuditCode
from accounts.models import NoticeKind, User
from accounts.notice_registry import get_notice_template
from audit.record import record


def list_optional_kinds(*, is_staff: bool) -> list[NoticeKind]:
    """List the kinds of e-mails that a person may switch off, those of staff for staff only."""
    return [
        kind
        for kind in NoticeKind
        if not (template := get_notice_template(kind)).is_mandatory
        and (is_staff or not template.is_for_staff)
    ]


@transaction.atomic
def change_profile(*, user: User, name: str, language: str) -> None:
    """Change a person's name and the language of e-mails."""
    changed = [
        field for field, value in (("name", name), ("language", language)) if getattr(user, field) != value
    ]
    if changed:
        user.name, user.language = name, language
        user.save(update_fields=["name", "language"])
        record(AccountAuditCode.PROFILE_CHANGED, user, by=user, changed=changed)


@transaction.atomic
def choose_emails(*, user: User, offered: Iterable[NoticeKind], wanted: Iterable[str]) -> None:
    """Say which of the offered kinds of e-mails the person wants; the others stay as they are."""
    offered_values = {kind.value for kind in offered}
    user.muted_kinds = sorted((set(user.muted_kinds) - offered_values) | (offered_values - set(wanted)))
    user.save(update_fields=["muted_kinds"])
    record(AccountAuditCode.LETTERS_CHOSEN, user, by=user, off=user.muted_kinds)


@transaction.atomic
def note_mail_arrives(*, user: User) -> None:
    """Note that e-mails to the person arrive again, as the person says."""
    user.mail_problem, user.mail_failed_at = "", None
    user.save(update_fields=["mail_problem", "mail_failed_at"])
    record(AccountAuditCode.MAIL_ARRIVES, user, by=user)


@transaction.atomic
def remove_phone(*, user: User) -> None:
    """Forget the number; signing in and resetting the password work by e-mail address alone then."""
    user.phone, user.phone_verified_at = "", None
    user.save(update_fields=["phone", "phone_verified_at"])
    record(AccountAuditCode.PHONE_REMOVED, user, by=user)
