"""Whose request it is behind a proxy: one address for the sign-in lock, the logs and everything else."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from ipaddress import ip_address

from django.http import HttpRequest, HttpResponse

FORWARDED = "HTTP_X_FORWARDED_FOR"


def client_address(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Build middleware that puts the client's address in the proxy's place; for BEHIND_PROXY=true alone.

    Only the last entry of X-Forwarded-For was written by the own proxy: whatever stands before it came with
    the request and can be made up. The header is taken away so that nothing later believes more of it.
    Without an address there, as from a health check that does not pass the proxy, the sender's own stays.
    """

    def handle_request(request: HttpRequest) -> HttpResponse:
        last = request.META.pop(FORWARDED, "").rpartition(",")[2].strip()
        with contextlib.suppress(ValueError):
            request.META["REMOTE_ADDR"] = str(ip_address(last))
        return get_response(request)

    return handle_request
