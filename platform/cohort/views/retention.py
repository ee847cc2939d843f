"""How long everything is kept, and what deletes it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.tasks import NOTICE_LIFE
from assessments.models.evidence import KEPT_AFTER_REMOVAL
from assessments.models.report import KEPT_DAYS as REPORT_DAYS
from audit.models import AuditEvent
from cohort.models.sample import KEPT_DAYS as SAMPLE_DAYS
from cohort.stored_files import KEPT as OFFICE_FILES_KEPT
from companies.invitations import LINK_LIFE
from companies.views.audit import require_reader
from jobs.models import REPLIES_KEPT_FOR


@dataclass(frozen=True)
class Rule:
    """Something kept, for how long, and what deletes it; `remark` says more about the time."""

    what: str
    how_long: str
    how: str
    remark: str = ""


@login_required
@require_safe
def show_retention(request: HttpRequest) -> HttpResponse:
    """Show the rules, for whoever may read the audit log."""
    require_reader(request)
    return render(request, "cohort/retention.html", {"nav": "audit", "rules": list_retention_rules()})


def list_retention_rules() -> list[Rule]:
    """Return all rules, the longest first; the numbers are those that the deleting jobs use."""
    nightly = _("A nightly job.")
    oldest = AuditEvent.objects.order_by("at").values_list("at", flat=True).first()
    return [
        Rule(
            _("Answers, submissions, results, evidence, papers and briefings"),
            _("With the programme"),
            _("Nothing by itself: they are the file of the company’s acceptance."),
        ),
        Rule(
            _("Audit log"),
            _("At least %(days)s") % {"days": format_days(settings.AUDIT_RETENTION_DAYS)},
            _(
                "Only the command clear_audit, which notes that it did so. The database itself refuses to change an "
                "event, or to delete one younger than 184 days."
            ),
            _("The oldest event is of %(day)s.") % {"day": date_format(localtime(oldest))} if oldest else "",
        ),
        Rule(
            _("A person’s name, address and phone"),
            _("As long as the account"),
            _("The person, under “My data”. What was done stays, without the name."),
        ),
        Rule(
            _("Nightly samples of the cohort"),
            format_days(SAMPLE_DAYS),
            nightly,
            _("Samples on which a briefing rests stay with it."),
        ),
        Rule(_("Notices"), format_days(NOTICE_LIFE.days), nightly),
        Rule(_("Reports made to download"), format_days(REPORT_DAYS), nightly),
        Rule(_("Evidence that was removed"), format_days(KEPT_AFTER_REMOVAL.days), nightly),
        Rule(_("Uploaded workbooks, and ledgers"), format_days(OFFICE_FILES_KEPT.days), nightly),
        Rule(
            _("Links to invite colleagues"),
            _("%(days)s, or until used") % {"days": format_days(LINK_LIFE.days)},
            _("They are stored as a hash and end by themselves."),
        ),
        Rule(
            _("Links to set a password"),
            _("%(days)s, or until used") % {"days": format_days(settings.PASSWORD_RESET_TIMEOUT // 86_400)},
            _("They are not stored."),
        ),
        Rule(_("Replies to requests that programs repeat"), format_days(REPLIES_KEPT_FOR.days), nightly),
        Rule(
            _("Sessions of people who are signed in"),
            _("%(minutes)d minutes after the last page") % {"minutes": settings.SESSION_COOKIE_AGE // 60},
            nightly,
        ),
    ]


def format_days(number: int) -> str:
    """Format a number of days."""
    return ngettext("%(number)s day", "%(number)s days", number) % {"number": f"{number:,}"}
