"""Writing down contacts with a company."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from audit.record import record
from companies.audit_codes import CompanyAuditCode
from companies.models import Company, Contact
from companies.permissions import permissions_in_company, require


class InTheFuture(Exception):
    """A contact that has not taken place yet and so cannot be written down."""


def log_contact(
    *, company: Company, held_on: date, channel: Contact.Channel, with_whom: str, note: str, by: User
) -> Contact:
    """Store a contact. Raises `InTheFuture` or `Forbidden`."""
    require(permissions_in_company(by, company), Permission.LOG_CONTACT)
    if held_on > timezone.localdate():
        raise InTheFuture
    with transaction.atomic():
        contact = Contact.objects.create(
            company=company,
            held_on=held_on,
            channel=channel,
            with_whom=with_whom.strip(),
            note=note.strip(),
            logged_by=by,
            logged_at=timezone.now(),
        )
        record(CompanyAuditCode.CONTACT_LOGGED, contact, by=by, company_id=company.pk, channel=channel.value)
    return contact
