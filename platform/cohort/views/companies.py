"""The list of companies."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.roles import Verb
from cohort.filters import ALL, OF_RESULTS, Filters
from cohort.queries.table import ORDERS_OF_RESULTS, Order, page_of
from cohort.views.answering import page_or_panels
from cohort.views.bar import bar_of
from cohort.views.desk import desk_of
from cohort.views.flags import short_names

# Columns whose first click should show the largest.
LARGEST_FIRST = frozenset({"stage", "level", "verified", "readiness", "change", "activity"})


@dataclass(frozen=True, slots=True)
class Column:
    """A heading of the list: its words, the query that orders by it, and how it orders now (`aria-sort`)."""

    name: str
    words: str
    query: str
    sorted: str


@login_required
@require_safe
def companies(request: HttpRequest) -> HttpResponse:
    """A page of the list for the filters, order and page in the address; only the list when htmx asks."""
    filters = Filters.read(request.GET)
    desk = desk_of(request, filters)
    allowed = ALL if desk.sees_results else ALL - OF_RESULTS
    filters = filters.only(allowed)
    cohort = desk.cohort(filters)
    order = Order.read(request.GET.get("sort", ""), sees_results=desk.sees_results)
    context = {
        "nav": "companies",
        "desk": desk,
        "bar": bar_of(desk, filters, allowed=allowed, is_list=True),
        "filters": filters,
        "cohort": cohort,
        "order": order,
        "can_export": Verb.EXPORT in desk.verbs,
    }
    if cohort is not None:
        page, rows = page_of(cohort, order, request.GET.get("page", "1"), get_language() or "en")
        if desk.sees_flags:
            names = short_names(desk.user, cohort.round, [row.pk for row in rows])
            rows = [replace(row, flags=tuple(names.get(row.pk, ()))) for row in rows]
        numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
        context |= {
            "page": page,
            "rows": rows,
            "columns": columns(filters, order, sees_results=desk.sees_results),
            "pages": [(number, filters.query(sort=str(order), page=str(number))) for number in numbers],
            "previous": _page_query(filters, order, page.number - 1) if page.has_previous() else "",
            "next": _page_query(filters, order, page.number + 1) if page.has_next() else "",
            "items": len(cohort.instrument.items),
            "release": desk.release,
        }
    return page_or_panels(request, "cohort/companies.html", "cohort/companies_list.html", context)


def _page_query(filters: Filters, order: Order, number: int) -> str:
    return filters.query(sort=str(order), page=str(number))


def columns(filters: Filters, order: Order, *, sees_results: bool) -> dict[str, Column]:
    """The headings by which the list can be ordered."""
    words = {
        "name": _("Company"),
        "stage": _("Status"),
        "level": _("Level, self"),
        "verified": _("Level, verified"),
        "readiness": _("Readiness"),
        "change": _("Change"),
        "division": _("Division and sector"),
        "activity": _("Last activity"),
    }
    found = {}
    for name, heading in words.items():
        if name in ORDERS_OF_RESULTS and not sees_results:
            continue
        is_current = name == order.column
        descending = not order.descending if is_current else name in LARGEST_FIRST
        direction = "descending" if order.descending else "ascending"
        found[name] = Column(
            name=name,
            words=heading,
            query=filters.query(sort=str(Order(name, descending))),
            sorted=direction if is_current else "none",
        )
    return found
