"""What the app writes into the audit log: its codes, and what they are done to."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.codes import AuditCode, AuditSubject
from audit.event_types import EventType


class CompanyAuditCode(AuditCode):
    """A code of companies, people, programmes and lists; stored, so it never changes."""

    ACCOUNT_CLOSED = "account.closed", _("Account closed")
    ACCOUNT_OPENED = "account.opened", _("Account opened")
    ACCOUNT_OPENED_AGAIN = "account.opened_again", _("Account opened again")
    COMPANY_CHANGED = "company.changed", EventType.COMPANY_CHANGED, _("Profile changed")
    COMPANY_CHECK_CHARACTER_ACCEPTED = (
        "company.check_character_accepted",
        _("Credit code accepted although its check character does not fit"),
    )
    COMPANY_CREATED = "company.created", EventType.COMPANY_CREATED, _("Added to the platform")
    COMPANY_LISTED = "company.listed", EventType.COMPANY_LISTED, _("Put on the programme’s list")
    CONTACT_LOGGED = "contact.logged", _("A contact was written down")
    INVITATION_ACCEPTED = "invitation.accepted", _("Invitation accepted")
    INVITATION_MADE = "invitation.made", _("Invitation made")
    INVITATION_SENT = "invitation.sent", _("Invitation sent")
    INVITATION_WITHDRAWN = "invitation.withdrawn", _("Invitation withdrawn")
    LIST_ENTRY_ADDED = "list.entry_added", _("Entry added to a list")
    LIST_ENTRY_CHANGED = "list.entry_changed", _("Entry of a list changed")
    LIST_ENTRY_RESTORED = "list.entry_restored", _("Entry of a list brought back into use")
    LIST_ENTRY_RETIRED = "list.entry_retired", _("Entry of a list taken out of use")
    LISTING_CHANGED = "listing.changed", EventType.COMPANY_CHANGED, _("Place on the programme’s list changed")
    PROGRAMME_CHANGED = "programme.changed", _("Programme changed")
    PROGRAMME_CREATED = "programme.created", _("Programme created")
    ROLE_CHANGED = "role.changed", _("Role changed")
    ROLE_ENDED = "role.ended", _("Role ended")
    ROLE_GRANTED = "role.granted", _("Role granted")
    SECOND_FACTOR_RESET = "second_factor.reset", _("Second factor reset")
    USER_CREATED = "user.created", _("Account created")


SUBJECTS = {
    "companies.area": AuditSubject(pgettext_lazy("thing", "Area")),
    "companies.company": AuditSubject(pgettext_lazy("thing", "Company"), resource="companies"),
    "companies.contact": AuditSubject(pgettext_lazy("thing", "Contact")),
    "companies.invitation": AuditSubject(pgettext_lazy("thing", "Invitation")),
    "companies.keyindustry": AuditSubject(pgettext_lazy("thing", "Key industry")),
    "companies.listing": AuditSubject(pgettext_lazy("thing", "Place on the list")),
    "companies.membership": AuditSubject(pgettext_lazy("thing", "Role in a company")),
    "companies.park": AuditSubject(pgettext_lazy("thing", "Park")),
    "companies.programme": AuditSubject(pgettext_lazy("thing", "Programme")),
    "companies.programmerole": AuditSubject(pgettext_lazy("thing", "Role in a programme")),
    "companies.sector": AuditSubject(pgettext_lazy("thing", "Sector")),
}
