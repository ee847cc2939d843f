"""What the pages about a programme share: which programme, what may be done in it, and days as moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Verb
from companies.choosing import chosen
from companies.models import Programme
from companies.permissions import Forbidden, require, verbs_in_programme


@dataclass(frozen=True, slots=True)
class Office:
    """A programme, the person at work in it and their verbs; `programmes` are all that they may see."""

    user: User
    programmes: Sequence[Programme]
    programme: Programme
    verbs: frozenset[Verb]

    def require(self, verb: Verb) -> None:
        """Raise `Forbidden` unless the person may do it."""
        require(self.verbs, verb)

    @property
    def runs(self) -> bool:
        """Whether the person runs the programme."""
        return Verb.RUN_PROGRAMME in self.verbs


def office_of(request: HttpRequest, verb: Verb = Verb.SEE_PROGRAMME) -> Office:
    """The office for a request. Raises `Forbidden` for people without a programme to see, else `Http404`."""
    user = request.user
    assert isinstance(user, User)
    programmes = list(
        Programme.objects.allowing(user, Verb.SEE_PROGRAMME)
        .select_related("city")
        .order_by("-starts_on", "code")
    )
    if not programmes:
        raise Forbidden(verb)
    code = request.GET.get("programme", "") or request.POST.get("programme", "")
    programme = chosen(request, programmes, code)
    office = Office(user, programmes, programme, verbs_in_programme(user, programme))
    office.require(verb)
    return office


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day, typed or picked."""
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "form-control"}),
        input_formats=["%Y-%m-%d"],
        **options,
    )


def end_of(day: date) -> datetime:
    """The last moment of a day in the city."""
    return timezone.make_aware(datetime.combine(day, time.max))


def start_of(day: date) -> datetime:
    """The first moment of a day in the city; of today, this very moment."""
    if day == timezone.localdate():
        return timezone.now()
    return timezone.make_aware(datetime.combine(day, time.min))
