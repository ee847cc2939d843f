"""E-mails that come back: which address a mail server could not deliver to, and who is to know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage, Message

from django.db import transaction

from accounts.models import User
from companies.models import Invitation


@dataclass(frozen=True, slots=True)
class Bounce:
    """An address that an e-mail did not reach, and why, in the words of the mail server."""

    address: str
    reason: str


def iter_bounces(report: EmailMessage) -> Iterator[Bounce]:
    """Yield the addresses that a delivery report (RFC 3464) says failed for good; else nothing."""
    for part in report.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        # One group of fields on the whole e-mail, then one for each recipient.
        for fields in part.get_payload():
            if isinstance(fields, Message) and str(fields.get("Action", "")).strip().lower() == "failed":
                recipient = str(fields.get("Original-Recipient") or fields.get("Final-Recipient", ""))
                address = recipient.partition(";")[2].strip().lower()
                if address:
                    yield Bounce(address, _format_reason(fields))


def _format_reason(fields: Message) -> str:
    said = str(fields.get("Diagnostic-Code", "")).partition(";")[2] or str(fields.get("Status", ""))
    return " ".join(said.split())


@transaction.atomic
def note_bounce(bounce: Bounce) -> int:
    """Mark the account with this address, and the links that were sent to it and wait; how many were marked."""
    marked = 0
    for user in User.objects.filter(email=bounce.address):
        user.note_mail_problem(bounce.reason)
        marked += 1
    for invitation in Invitation.objects.filter(email=bounce.address, accepted_at__isnull=True):
        invitation.note_email_problem(bounce.reason)
        marked += 1
    return marked
