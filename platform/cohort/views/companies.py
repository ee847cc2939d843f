"""The list of companies."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.roles import Permission
from cohort.filters import ALL, OF_RESULTS, CohortFilters
from cohort.models import BulkRun, SavedView
from cohort.queries.table import ORDERS, ORDERS_OF_RESULTS, Order, add_reviewers, get_company_page
from cohort.views import table_columns
from cohort.views.answering import render_page_or_panels
from cohort.views.bar import build_filter_bar
from cohort.views.desk import get_cohort_context
from cohort.views.flags import get_hint_names

# Columns whose first click should show the largest.
LARGEST_FIRST = frozenset({"stage", "level", "verified", "readiness", "change", "activity", "submitted"})


@dataclass(frozen=True, slots=True)
class CompanyListColumn:
    """A heading of the list: its words, the query that orders by it, and how it orders now (`aria-sort`)."""

    name: str
    words: str
    query: str
    sorted: str


@login_required
@require_safe
def show_companies(request: HttpRequest) -> HttpResponse:
    """Show a page of the list for the filters, order and page in the address; to htmx only the list."""
    filters = CohortFilters.read(request.GET)
    desk = get_cohort_context(request, filters)
    allowed = ALL if desk.sees_results else ALL - OF_RESULTS
    filters = filters.keep_only(allowed)
    cohort = desk.build_cohort(filters)
    order = Order.read(request.GET.get("sort", ""), sees_results=desk.sees_results)
    possible = table_columns.list_offered(sees_results=desk.sees_results, sees_flags=desk.sees_flags)
    shown = table_columns.read_chosen(request.GET, possible)
    chosen = table_columns.format_parameter(shown, possible)
    names = table_columns.get_column_labels()
    context = {
        "nav": "companies",
        "shown": frozenset(shown),
        "columns_parameter": chosen,
        "column_choices": [(name, names[name]) for name in possible],
        "state_query": filters.query(sort=request.GET.get("sort", ""), columns=chosen),
        "saved_views": list(SavedView.objects.visible_to(desk.user).filter(programme=desk.programme)),
        "bulk_kinds": BulkRun.Kind.choices if Permission.RUN_PROGRAMME in desk.verbs else [],
        "desk": desk,
        "bar": build_filter_bar(desk, filters, allowed=allowed, is_list=True),
        "filters": filters,
        "cohort": cohort,
        "order": order,
        "can_export": Permission.EXPORT in desk.verbs,
    }
    if cohort is not None:
        page, rows = get_company_page(cohort, order, request.GET.get("page", "1"), get_language() or "en")
        if "hints" in shown:
            hints = get_hint_names(desk.user, cohort.round, [row.pk for row in rows])
            rows = [replace(row, flags=tuple(hints.get(row.pk, ()))) for row in rows]
        if {"assessor", "county"} & set(shown):
            rows = add_reviewers(cohort, rows)
        numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
        context |= {
            "page": page,
            "rows": rows,
            "columns": build_list_columns(filters, order, chosen, sees_results=desk.sees_results),
            "pages": [(number, _build_page_query(filters, order, chosen, number)) for number in numbers],
            "previous": _build_page_query(filters, order, chosen, page.number - 1)
            if page.has_previous()
            else "",
            "next": _build_page_query(filters, order, chosen, page.number + 1) if page.has_next() else "",
            "items": len(cohort.instrument.items),
            "release": desk.release,
        }
    return render_page_or_panels(request, "cohort/companies.html", "cohort/companies_list.html", context)


def _build_page_query(filters: CohortFilters, order: Order, chosen: str, number: int | str) -> str:
    return filters.query(sort=str(order), columns=chosen, page=str(number))


def build_list_columns(
    filters: CohortFilters, order: Order, chosen: str, *, sees_results: bool
) -> dict[str, CompanyListColumn]:
    """Build the headings by which the list can be ordered."""
    words = {"name": _("Company"), **table_columns.get_column_labels()}
    words = {name: heading for name, heading in words.items() if name in ORDERS}
    found = {}
    for name, heading in words.items():
        if name in ORDERS_OF_RESULTS and not sees_results:
            continue
        is_current = name == order.column
        descending = not order.descending if is_current else name in LARGEST_FIRST
        direction = "descending" if order.descending else "ascending"
        found[name] = CompanyListColumn(
            name=name,
            words=heading,
            query=filters.query(sort=str(Order(name, descending)), columns=chosen),
            sorted=direction if is_current else "none",
        )
    return found
