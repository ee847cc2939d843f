"""The page that explains the interface, in the frame of the site."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.api.reference import build_reference


@require_safe
def show_documentation(request: HttpRequest) -> HttpResponse:
    """Show all operations, problems and shapes; for everybody, as it says nothing about anybody."""
    context = {
        "nav": "api",
        "reference": build_reference(),
        "address": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "config/api_docs.html", context)
