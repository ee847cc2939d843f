"""Sending a whole page, or only what the filters change."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.http import push_url

from cohort.filters import CohortFilters


def render_page_or_panels(
    request: HttpRequest, page: str, panels: str, context: dict[str, Any]
) -> HttpResponse:
    """Render the template `page`; for the filter bar only `panels`, with the tidy address to show."""
    filters = context["filters"]
    assert isinstance(filters, CohortFilters)
    # A step back in the browser asks through htmx too, and wants everything.
    wants_panels = (
        request.headers.get("HX-Target") == "panels" and "HX-History-Restore-Request" not in request.headers
    )
    response = render(request, panels if wants_panels else page, context)
    if wants_panels:
        state = {"sort": request.GET.get("sort", ""), "columns": context.get("columns_parameter", "")}
        push_url(response, request.path + filters.query(**state))
    patch_vary_headers(response, ["HX-Target", "HX-History-Restore-Request"])
    return response
