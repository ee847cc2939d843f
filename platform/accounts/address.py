"""Changing one's own e-mail address: the new one counts once its owner has opened the link that was sent to it.

Done here and not by allauth, whose table of addresses would be a second place for what `User.email` says.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from accounts.audit_codes import AccountAuditCode
from accounts.models import User
from audit.record import record

SALT = "accounts.address"
LINK_LIFE = timedelta(days=1)

logger = logging.getLogger(__name__)


class LinkDead(Exception):
    """A link that is not ours or too old, or whose account has another address by now."""


class AddressTaken(Exception):
    """An address that another account came to use before it was confirmed."""


@dataclass(frozen=True, slots=True)
class AddressChange:
    """A change of address: whose, and to what."""

    user: User
    address: str


def request_change(*, user: User, address: str) -> None:
    """Send the link to the new address, unless another account has it: nobody learns which addresses are known.

    Raises `OSError` if the mail server cannot be reached or refuses.
    """
    if User.objects.filter(email=address).exists():
        return
    token = signing.dumps([str(user.pk), user.email, address], salt=SALT)
    link = f"{settings.SITE_URL.rstrip('/')}{reverse('account_confirm_email', args=[token])}"
    _send(user, "address_confirmation", address, {"link": link})


def read_link(token: str) -> AddressChange:
    """Return what a link is about. Raises `LinkDead`."""
    try:
        pk, former, address = signing.loads(token, salt=SALT, max_age=LINK_LIFE)
    except signing.BadSignature as error:
        raise LinkDead from error
    user = User.objects.filter(pk=pk, email=former, is_active=True).first()
    if user is None:
        raise LinkDead
    return AddressChange(user, address)


def confirm_change(token: str) -> AddressChange:
    """Make the new address the person's, and tell the former one. Raises `LinkDead` or `AddressTaken`."""
    change = read_link(token)
    user, former = change.user, change.user.email
    try:
        with transaction.atomic():
            # The link works once: whoever comes second finds another address in the account.
            if not User.objects.filter(pk=user.pk, email=former).update(
                email=change.address, mail_problem="", mail_failed_at=None
            ):
                raise LinkDead
            record(AccountAuditCode.ADDRESS_CHANGED, user, by=user)
    except IntegrityError as error:
        raise AddressTaken from error
    try:
        _send(user, "address_changed", former, {"address": change.address})
    except OSError:
        # The change stands; that the old mailbox cannot be told may be the reason for it.
        logger.warning("The former address of %s could not be told of the change", user.pk)
    return change


def _send(user: User, name: str, to: str, context: dict[str, str]) -> None:
    with override(user.language):
        filled = {**context, "user": user, "site": settings.SITE_URL}
        subject = render_to_string(f"account/email/{name}_subject.txt", filled)
        message = render_to_string(f"account/email/{name}_message.txt", filled)
    send_mail(subject.strip(), message, from_email=None, recipient_list=[to])
