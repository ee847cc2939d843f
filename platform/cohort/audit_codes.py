"""What the app writes into the audit log: its codes, and what they are done to."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.codes import AuditCode, AuditSubject


class CohortAuditCode(AuditCode):
    """A code of the bureau's desk; stored, so it never changes."""

    BRIEFING_APPROVED = "briefing.approved", _("Briefing approved")
    BRIEFING_EDITED = "briefing.edited", _("Text of a briefing edited")
    BRIEFING_FETCHED = "briefing.fetched", _("Briefing downloaded")
    BRIEFINGS_DRAFTED = "briefings.drafted", _("Briefings drafted")
    BULK_STARTED = "bulk.started", _("Bulk action started")
    COHORT_LOADED = "cohort.loaded", _("Workbook loaded")
    COHORT_FILE_HANDED_IN = "cohort_file.handed_in", _("File uploaded")
    COHORT_FILE_LOAD_ASKED = "cohort_file.load_asked", _("Loading of a file asked for")
    LEDGER_ASKED = "ledger.asked", _("Ledger asked for")
    LEDGER_DOWNLOADED = "ledger.downloaded", _("Ledger downloaded")
    LEDGER_EXPORTED = "ledger.exported", _("Ledger made")
    PANEL_DOWNLOADED = "panel.downloaded", _("Panel downloaded")
    VIEW_DELETED = "view.deleted", _("Saved view deleted")
    VIEW_SAVED = "view.saved", _("View saved")


SUBJECTS = {
    "cohort.briefing": AuditSubject(pgettext_lazy("thing", "Monthly briefing")),
    "cohort.bulkrun": AuditSubject(pgettext_lazy("thing", "Bulk action")),
    "cohort.cohortfile": AuditSubject(pgettext_lazy("thing", "File")),
    "cohort.ledgerexport": AuditSubject(pgettext_lazy("thing", "Ledger")),
    "cohort.sample": AuditSubject(pgettext_lazy("thing", "Sample of the cohort")),
    "cohort.savedview": AuditSubject(pgettext_lazy("thing", "Saved view")),
}
