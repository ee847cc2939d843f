"""Sessions that end some time after the last page, without a write to the database for each page."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# A session is renewed at most this often, so it may end this much earlier than SESSION_COOKIE_AGE says.
RENEWAL_SECONDS = 300
RENEWED_AT = "_renewed_at"


def keep_while_used(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Build middleware that moves the end of a signed-in person's session forward with each page."""

    def handle_request(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        session = request.session
        # Asking an empty session for anything would touch it and make pages of visitors vary by cookie.
        if session.accessed and "_auth_user_id" in session:
            now = int(time.time())
            if now - session.get(RENEWED_AT, 0) > RENEWAL_SECONDS:
                session[RENEWED_AT] = now
        return response

    return handle_request
