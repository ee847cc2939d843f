"""Which page to go to after a form, where the form says from which one it came."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def get_next_page(request: HttpRequest) -> str:
    """Return `next` if it is a page of this site, else empty: a link must not lead people away."""
    page = request.POST.get("next") or request.GET.get("next") or ""
    return page if url_has_allowed_host_and_scheme(page, allowed_hosts=None) else ""
