"""Why a company is left out of a bulk act."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.actions.reminders import ReminderSkipReason as Unreminded


class BulkReason(models.TextChoices):
    """Reasons besides those of reminders."""

    NO_ASSESSMENT = "no_assessment", _("Is not in this round")
    FROZEN = "frozen", _("Its answers can no longer change")
    INVITED = "invited", _("Was invited already")
    UNREACHABLE = "unreachable", _("Nobody of the company can be told")
    NOT_ASSIGNABLE = "not_assignable", _("This person cannot review the company")
    NOBODY_ASSIGNED = "nobody_assigned", _("Is assigned to nobody")
    NOTHING_SUBMITTED = "not_submitted", _("Has not submitted anything")
    NO_RELEASE = "no_release", _("No model version is in use")
    ALREADY_SCORED = "already_scored", _("Is scored by the model version in use already")


def get_reason_label(reason: str) -> str:
    """Return the label of a reason."""
    for kind in (BulkReason, Unreminded):
        if reason in kind.values:
            return str(kind(reason).label)
    return reason
