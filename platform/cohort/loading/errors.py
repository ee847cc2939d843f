"""Says in the language of the reader why an answer cannot be saved."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.actions.bulk import AnsweredByCompany, Rejected
from instrument import load_instrument


def explain_rejection(rejected: Rejected) -> tuple[str, str]:
    """Return the column that is wrong and what to do about it."""
    error = rejected.error
    if isinstance(error, AnsweredByCompany):
        message = _(
            "The company answered this itself on %(day)s, and otherwise. "
            "Its answer is not written over; delete the row."
        )
        return "value", message % {"day": timezone.localtime(error.current.answered_at).date().isoformat()}
    item = load_instrument(rejected.assessment.round.instrument_version).get_item(rejected.item)
    options = ", ".join(option.key for option in item.options)
    names = {"item": item.code, "options": options, "figure": error.field}
    match error.reason:
        case "unknown_option" | "unknown_level" | "wrong_type" | "empty":
            if item.kind == "multiple":
                return "value", _("Item %(item)s takes one or more of %(options)s, for example B,C.") % names
            return "value", _("Item %(item)s takes one of %(options)s.") % names
        case "exclusive":
            return "value", _("“None of these” cannot be combined with other options.")
        case "repeated":
            return "value", _("An option is repeated. Write each one once.")
        case "not_allowed":
            return "value", _(
                "Item %(item)s applies to every company. Write an answer, or ? if it is not known."
            ) % names
        case "too_long":
            return error.field, _("The text is too long.")
        case "bad_figure":
            return "value", _(
                "%(item)s.%(figure)s must be a number of zero or more, with digits only."
            ) % names
        case _:
            return "value", error.message
