"""What the app writes into the audit log: its codes, and what they are done to."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.codes import AuditCode, AuditSubject


class AccountAuditCode(AuditCode):
    """A code of accounts; stored, so it never changes."""

    ADDRESS_CHANGED = "address.changed", _("E-mail address changed")
    KEY_ISSUED = "key.issued", _("Access key issued")
    KEY_WITHDRAWN = "key.withdrawn", _("Access key withdrawn")
    LETTERS_CHOSEN = "letters.chosen", _("E-mails chosen")
    MAIL_ARRIVES = "mail.arrives", _("E-mail address reachable again")
    PASSWORD_SET = "password.set", _("Password set")
    PERSON_SIGNED_IN = "person.signed_in", _("Signed in")
    PHONE_CONFIRMED = "phone.confirmed", _("Mobile number confirmed")
    PHONE_REMOVED = "phone.removed", _("Mobile number removed")
    PROFILE_CHANGED = "profile.changed", _("Own profile changed")
    PURPOSE_ACCEPTED = "purpose.accepted", _("Text on purpose and retention accepted")
    RECOVERY_CODES_MADE = "recovery_codes.made", _("Recovery codes made anew")
    SECOND_FACTOR_OFF = "second_factor.off", _("Second factor switched off")
    SECOND_FACTOR_ON = "second_factor.on", _("Second factor set up")


SUBJECTS = {
    "accounts.apikey": AuditSubject(pgettext_lazy("thing", "API key")),
    "accounts.user": AuditSubject(pgettext_lazy("thing", "Account")),
}
