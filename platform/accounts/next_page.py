"""Which page to go to after a form, where the form says from which one it came."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def next_page(request: HttpRequest) -> str:
    """The page in `next` if it is one of this site, else empty: a link from elsewhere must not lead people away."""
    page = request.POST.get("next") or request.GET.get("next") or ""
    return page if url_has_allowed_host_and_scheme(page, allowed_hosts=None) else ""
