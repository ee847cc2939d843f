"""Where verified values differ from the companies' own: by service provider, by item, and who is behind it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.roles import Verb
from cohort.filters import Filters
from cohort.queries.cohort import Cohort
from cohort.queries.differences import Differences
from cohort.views.answering import page_or_panels
from cohort.views.bar import bar_of
from cohort.views.desk import desk_of
from companies.permissions import require

SHOWN = 6


@login_required
@require_safe
def differences(request: HttpRequest) -> HttpResponse:
    """The page for the filters in the address; `item` adds the companies whose value of it was changed."""
    filters = Filters.read(request.GET)
    desk = desk_of(request, filters)
    require(desk.verbs, Verb.SEE_ANSWERS)
    cohort = desk.cohort(filters)
    context: dict[str, Any] = {
        "nav": "overview",
        "desk": desk,
        "bar": bar_of(desk, filters),
        "filters": filters,
        "cohort": cohort,
        "overview_url": reverse("cohort:overview") + filters.query(),
    }
    if cohort is not None:
        context |= tables(cohort, request.GET.get("item", ""))
    if request.headers.get("HX-Target") == "differences":
        return render(request, "cohort/panels/differences.html", context | {"shown": SHOWN})
    return page_or_panels(request, "cohort/differences.html", "cohort/differences_tables.html", context)


def tables(cohort: Cohort, chosen: str) -> dict[str, Any]:
    """The two tables, and the companies behind the chosen item. Three queries at the most."""
    found = Differences(cohort)
    items = {item.code: item for item in cohort.instrument.items}
    address = reverse("cohort:differences")
    return {
        "compared": len(found),
        "providers": found.by_provider() if len(found) else [],
        "items": [
            (row, items[row.code].name, address + cohort.filters.query(item=row.code) + "#companies")
            for row in (found.by_item() if len(found) else [])
        ],
        "chosen": items.get(chosen),
        "pairs": found.pairs(chosen, get_language() or "en") if chosen and len(found) else [],
    }
