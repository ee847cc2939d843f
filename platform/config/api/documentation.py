"""The page that explains the interface, in the frame of the site."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.api.reference import reference


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """All operations, problems and shapes; for everybody, as the interface itself says nothing about anybody."""
    context = {"nav": "api", "reference": reference(), "address": request.build_absolute_uri("/").rstrip("/")}
    return render(request, "config/api_docs.html", context)
