"""The list of companies."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.roles import Permission
from cohort.filters import ALL, OF_RESULTS, CohortFilters
from cohort.models import BulkRun, SavedView
from cohort.queries.company_columns import COLUMNS, PAGE, CompanyColumn, list_columns
from cohort.queries.table import REVIEWERS, Order, add_reviewers, get_company_page
from cohort.views import table_columns
from cohort.views.answering import render_page_or_panels
from cohort.views.bar import build_filter_bar
from cohort.views.desk import get_cohort_context
from cohort.views.flags import get_hint_names


@dataclass(frozen=True, slots=True)
class CompanyListHeading:
    """The heading of a column: the query that orders by it, if any, and how it orders now (`aria-sort`)."""

    column: CompanyColumn
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
    possible = list_columns(PAGE, sees_results=desk.sees_results, sees_flags=desk.sees_flags)
    shown = table_columns.read_chosen(request.GET, possible)
    chosen = table_columns.format_parameter(shown, possible)
    context = {
        "nav": "companies",
        "columns_parameter": chosen,
        "column_choices": [(column, column in shown) for column in possible],
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
        # There is no change without an earlier round.
        columns = [column for column in shown if cohort.earlier is not None or column.name != "change"]
        page = get_company_page(cohort, order, request.GET.get("page", "1"), columns)
        companies, names = list(page.object_list), {column.name for column in columns}
        if "hints" in names:
            hints = get_hint_names(desk.user, cohort.round, [company.pk for company in companies])
            for company in companies:
                company.hints = tuple(hints.get(company.pk, ()))
        if names & REVIEWERS.keys():
            add_reviewers(cohort, companies)
        numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
        context |= {
            "page": page,
            "rows": table_columns.build_rows(companies, columns),
            "columns": [
                _build_heading(column, filters, order, chosen) for column in (COLUMNS["name"], *columns)
            ],
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


def _build_heading(
    column: CompanyColumn, filters: CohortFilters, order: Order, chosen: str
) -> CompanyListHeading:
    is_current = column.name == order.column
    descending = not order.descending if is_current else column.is_largest_first
    direction = "descending" if order.descending else "ascending"
    return CompanyListHeading(
        column=column,
        query=filters.query(sort=str(Order(column.name, descending)), columns=chosen) if column.order else "",
        sorted=direction if is_current else "none",
    )
