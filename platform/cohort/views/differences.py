"""Where verified values differ from the companies' own: by service provider, by item, and who is behind it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.roles import Permission
from cohort.filters import CohortFilters
from cohort.queries.cohort import Cohort
from cohort.queries.differences import Differences
from cohort.views.answering import render_page_or_panels
from cohort.views.bar import build_filter_bar
from cohort.views.desk import get_cohort_context
from companies.permissions import require

SHOWN = 6


@login_required
@require_safe
def show_differences(request: HttpRequest) -> HttpResponse:
    """Show the page for the filters; `item` adds the companies whose value of it was changed."""
    filters = CohortFilters.read(request.GET)
    desk = get_cohort_context(request, filters)
    require(desk.verbs, Permission.SEE_ANSWERS)
    cohort = desk.build_cohort(filters)
    context: dict[str, Any] = {
        "nav": "overview",
        "desk": desk,
        "bar": build_filter_bar(desk, filters),
        "filters": filters,
        "cohort": cohort,
        "overview_url": reverse("cohort:overview") + filters.query(),
    }
    if cohort is not None:
        context |= build_difference_tables(cohort, request.GET.get("item", ""))
    if request.headers.get("HX-Target") == "differences":
        return render(request, "cohort/panels/differences.html", context | {"shown": SHOWN})
    return render_page_or_panels(
        request, "cohort/differences.html", "cohort/differences_tables.html", context
    )


def build_difference_tables(cohort: Cohort, chosen: str) -> dict[str, Any]:
    """Return the two tables, and the companies behind the chosen item. Three queries at the most."""
    found = Differences(cohort)
    items = {item.code: item for item in cohort.instrument.items}
    address = reverse("cohort:differences")
    return {
        "compared": len(found),
        "providers": found.compare_providers() if len(found) else [],
        "items": [
            (row, items[row.code].name, address + cohort.filters.query(item=row.code) + "#companies")
            for row in (found.compare_items() if len(found) else [])
        ],
        "chosen": items.get(chosen),
        "pairs": found.list_pairs(chosen, get_language() or "en") if chosen and len(found) else [],
    }
