"""Service accounts: the users behind the keys of programs, each with a role in one programme."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from audit.record import record
from companies.audit_codes import CompanyAuditCode
from companies.models import Programme, ProgrammeRole

# Never a real mailbox: service accounts cannot sign in and get no mail (RFC 2606).
MAIL_DOMAIN = "service.invalid"


@transaction.atomic
def open_account(*, programme: Programme, name: str, by: User | None) -> User:
    """Return the programme's service account of this name, made if there is none.

    It reaches the companies listed in the programme and nothing else; its keys say what it may do there.
    """
    held = ProgrammeRole.objects.filter(
        programme=programme, role=Role.SERVICE_ACCOUNT, user__kind=User.Kind.SERVICE, user__name=name
    ).select_related("user")
    found = held.first()
    if found is not None:
        return found.user
    account = User(name=name, kind=User.Kind.SERVICE)
    account.email = f"{account.pk.hex}@{MAIL_DOMAIN}"
    account.set_unusable_password()
    account.save(force_insert=True)
    ProgrammeRole.objects.create(
        user=account, programme=programme, role=Role.SERVICE_ACCOUNT.value, granted_by=by
    )
    record(CompanyAuditCode.ACCOUNT_OPENED, account, by=by, programme_id=programme.pk, name=name)
    return account
