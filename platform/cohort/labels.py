"""Wording of the bureau's pages that depends on a value."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models.stage import Stage
from cohort.queries.risk import AtRisk


def get_risk_labels() -> dict[str, str]:
    """Return the labels of the reasons for which a company is at risk."""
    return {
        "overdue": _("Deadline passed"),
        "stalled": _("Stalled"),
        "not_started": _("Not started"),
        "not_invited": _("Not invited"),
    }


def format_risk_reason(row: AtRisk, days_overdue: int) -> str:
    """Return why a company is at risk, in a sentence."""
    days = days_overdue if row.reason == "overdue" else row.days
    sentences = {
        "overdue": ngettext(
            "Not submitted, deadline passed %(days)d day ago",
            "Not submitted, deadline passed %(days)d days ago",
            days,
        ),
        "stalled": ngettext("No answer for %(days)d day", "No answer for %(days)d days", days),
        "not_started": ngettext(
            "Invited %(days)d day ago, not started", "Invited %(days)d days ago, not started", days
        ),
        "not_invited": ngettext(
            "Not invited, round started %(days)d day ago",
            "Not invited, round started %(days)d days ago",
            days,
        ),
    }
    return sentences[row.reason] % {"days": days}


def get_shortfall_labels() -> dict[str, str]:
    """Return the labels of the gates of the target level that fail."""
    return {
        "scenarios": _("Scenarios missing, base points enough"),
        "base": _("Base points missing, scenarios enough"),
        "both": _("Both missing"),
    }


def format_waiting_sentence(stage: Stage, waiting: int) -> str:
    """Return what the companies wait for that stand at this stage."""
    sentences = {
        Stage.INVITED: ngettext(
            "Most wait here: %(count)d company is invited and has not started.",
            "Most wait here: %(count)d companies are invited and have not started.",
            waiting,
        ),
        Stage.STARTED: ngettext(
            "Most wait here: %(count)d company has started and not submitted.",
            "Most wait here: %(count)d companies have started and not submitted.",
            waiting,
        ),
        Stage.SUBMITTED: ngettext(
            "Most wait here: %(count)d submission waits for its score.",
            "Most wait here: %(count)d submissions wait for their score.",
            waiting,
        ),
        Stage.SCORED: ngettext(
            "Most wait here: %(count)d scored company waits for its county.",
            "Most wait here: %(count)d scored companies wait for their county.",
            waiting,
        ),
        Stage.RECOMMENDED: ngettext(
            "Most wait here: %(count)d recommended company waits for a visit.",
            "Most wait here: %(count)d recommended companies wait for a visit.",
            waiting,
        ),
        Stage.VERIFIED: ngettext(
            "Most wait here: %(count)d verified company waits for acceptance.",
            "Most wait here: %(count)d verified companies wait for acceptance.",
            waiting,
        ),
    }
    return sentences[stage] % {"count": waiting}
