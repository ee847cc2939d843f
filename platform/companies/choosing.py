"""Which programme a page is about, for people who work for more than one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest

from companies.models import Programme

SESSION_KEY = "programme"


def get_chosen_programme(request: HttpRequest, programmes: Sequence[Programme], code: str) -> Programme:
    """Return the programme of the address, else the one chosen in the page's head, else the first.

    `programmes` are those that the person may see, at least one. Raises `Http404` for a code not among them.
    """
    by_code = {programme.code: programme for programme in programmes}
    if code:
        if code not in by_code:
            raise Http404
        return by_code[code]
    remembered: Any = request.session.get(SESSION_KEY)
    return by_code.get(remembered, programmes[0])


def remember_programme(request: HttpRequest, programme: Programme) -> None:
    """Have pages show this programme from now on, until another is chosen or the person signs out."""
    request.session[SESSION_KEY] = programme.code
