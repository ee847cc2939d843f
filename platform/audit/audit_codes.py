"""What the app writes into the audit log: its codes, and what they are done to."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.codes import AuditCode, AuditSubject


class AuditLogCode(AuditCode):
    """A code of the audit log itself; stored, so it never changes."""

    AUDIT_CLEARED = "audit.cleared", _("Old entries of the audit log removed")
    AUDIT_EXPORTED = "audit.exported", _("Audit log exported")


SUBJECTS = {
    "audit.auditevent": AuditSubject(pgettext_lazy("thing", "Audit log")),
}
