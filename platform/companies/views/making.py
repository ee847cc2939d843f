"""Pages that make something with a secret and show it this once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest

from companies.models import Programme

Made = TypeVar("Made")


def make_from_form(
    request: HttpRequest,
    form_class: Callable[..., Form],
    programmes: QuerySet[Programme],
    make: Callable[[Mapping[str, Any]], Made],
    refusal: type[ValueError],
) -> tuple[Form, Made | None]:
    """Return the form to show and what it made; None if nothing was sent, or if the form has errors.

    `make` raises a `refusal`, whose `field` is what to change, if it has one.
    """
    form = form_class(request.POST or None, programmes=programmes)
    if request.method != "POST" or not form.is_valid():
        return form, None
    try:
        made = make(form.cleaned_data)
    except refusal as refused:
        form.add_error(getattr(refused, "field", None), str(refused))
        return form, None
    return form_class(programmes=programmes), made
