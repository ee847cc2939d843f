"""Which columns the list of companies shows; the choice stands in its address."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import QueryDict
from django.utils.translation import gettext as _

from cohort.queries.table import ORDERS_OF_RESULTS

USUAL = ("stage", "level", "verified", "readiness", "change", "tier", "hints", "division", "activity")
FURTHER = ("assessor", "county", "provider", "batch", "submitted", "deadline")
ALL = (*USUAL, *FURTHER)
OF_RESULTS = ORDERS_OF_RESULTS | {"tier"}


def get_column_labels() -> dict[str, str]:
    """Return the labels of the columns."""
    return {
        "stage": _("Status"),
        "level": _("Level, self"),
        "verified": _("Level, verified"),
        "readiness": _("Readiness"),
        "change": _("Change"),
        "tier": _("Tier"),
        "hints": _("Points for checking"),
        "division": _("Division and sector"),
        "activity": _("Last activity"),
        "assessor": _("Assessor"),
        "county": _("County reviewer"),
        "provider": _("Service provider"),
        "batch": _("Batch"),
        "submitted": _("Submitted on"),
        "deadline": _("Deadline"),
    }


def list_offered(*, sees_results: bool, sees_flags: bool) -> list[str]:
    """Return the columns that the person may see."""
    return [
        name for name in ALL if (sees_results or name not in OF_RESULTS) and (sees_flags or name != "hints")
    ]


def read_chosen(parameters: QueryDict, possible: Sequence[str]) -> list[str]:
    """Read the chosen columns in order, of `column=a&column=b` or `columns=a.b`, else the usual ones."""
    asked = parameters.getlist("column") or [
        name for name in parameters.get("columns", "").split(".") if name
    ]
    chosen = [name for name in possible if name in asked]
    return chosen or [name for name in possible if name in USUAL]


def format_parameter(chosen: Sequence[str], possible: Sequence[str]) -> str:
    """Return the choice as it stands in an address; empty for the usual columns."""
    if list(chosen) == [name for name in possible if name in USUAL]:
        return ""
    return ".".join(chosen)
