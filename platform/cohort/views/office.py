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
from accounts.roles import Permission
from companies.choosing import get_chosen_programme
from companies.models import Programme
from companies.permissions import Forbidden, permissions_in_programme, require


@dataclass(frozen=True, slots=True)
class AdministrationContext:
    """A programme, the person at work in it and their verbs; `programmes` are all that they may see."""

    user: User
    programmes: Sequence[Programme]
    programme: Programme
    verbs: frozenset[Permission]

    def require(self, verb: Permission) -> None:
        """Raise `Forbidden` unless the person may do it."""
        require(self.verbs, verb)

    @property
    def runs(self) -> bool:
        """Whether the person runs the programme."""
        return Permission.RUN_PROGRAMME in self.verbs


def get_administration_context(
    request: HttpRequest, verb: Permission = Permission.SEE_PROGRAMME
) -> AdministrationContext:
    """Return the context of a request; raise `Forbidden` for people without a programme, else `Http404`."""
    user = request.user
    assert isinstance(user, User)
    programmes = list(
        Programme.objects.allowing(user, Permission.SEE_PROGRAMME)
        .select_related("city")
        .order_by("-starts_on", "code")
    )
    if not programmes:
        raise Forbidden(verb)
    code = request.GET.get("programme", "") or request.POST.get("programme", "")
    programme = get_chosen_programme(request, programmes, code)
    office = AdministrationContext(user, programmes, programme, permissions_in_programme(user, programme))
    office.require(verb)
    return office


def build_day_field(label: Any, **options: Any) -> forms.DateField:
    """Return a field for a day, typed or picked."""
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
        **options,
    )


def get_end_of_day(day: date) -> datetime:
    """Return the last moment of a day in the city."""
    return timezone.make_aware(datetime.combine(day, time.max))


def get_start_of_day(day: date) -> datetime:
    """Return the first moment of a day in the city; of today, this very moment."""
    if day == timezone.localdate():
        return timezone.now()
    return timezone.make_aware(datetime.combine(day, time.min))
