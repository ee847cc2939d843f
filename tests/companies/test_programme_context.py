"""The context of a page of staff: which programme, who asks, and what they may do there."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import Http404, HttpRequest
from django.test import RequestFactory

from accounts.models import User
from accounts.roles import Permission, Role
from companies.choosing import remember_programme
from companies.models import Programme, ProgrammeRole
from companies.permissions import Forbidden
from companies.programme_context import build_programme_context, get_programme_context
from tests import factories

pytestmark = pytest.mark.django_db


def request_by(user: User, address: str = "/", *, posted: dict[str, str] | None = None) -> HttpRequest:
    made = RequestFactory().get(address) if posted is None else RequestFactory().post(address, posted)
    made.user, made.session = user, SessionStore()
    return made


@pytest.fixture
def both(programme: Programme) -> tuple[User, Programme, Programme]:
    """An officer of the programme who is an auditor of a later one."""
    officer = factories.make_staff(programme, Role.OFFICER)
    later = Programme.objects.create(
        city=programme.city,
        code="later",
        name_en="Later",
        name_zh="后来",
        starts_on=date(2030, 1, 1),
        ends_on=date(2031, 1, 1),
    )
    ProgrammeRole.objects.create(user=officer, programme=later, role=Role.AUDITOR)
    return officer, programme, later


def test_programme_is_that_of_the_address_the_form_the_choice_or_the_latest(
    both: tuple[User, Programme, Programme],
) -> None:
    officer, programme, later = both
    requests = {
        "address": request_by(officer, f"/?programme={programme.code}"),
        "form": request_by(officer, posted={"programme": programme.code}),
        "choice": request_by(officer),
    }
    remember_programme(requests["choice"], programme)
    for name, request in requests.items():
        assert get_programme_context(request, Permission.SEE_PROGRAMME).programme == programme, name
    assert get_programme_context(request_by(officer), Permission.SEE_PROGRAMME).programme == later
    named = get_programme_context(request_by(officer), Permission.SEE_PROGRAMME, code=programme.code)
    assert named.programme == programme
    with pytest.raises(Http404):
        get_programme_context(request_by(officer), Permission.SEE_PROGRAMME, code="elsewhere")


def test_permissions_are_those_in_the_programme(both: tuple[User, Programme, Programme]) -> None:
    officer, programme, later = both
    assert build_programme_context(officer, programme).runs
    assert not build_programme_context(officer, later).runs
    with pytest.raises(Forbidden):
        get_programme_context(
            request_by(officer), Permission.SEE_PROGRAMME, needs=Permission.RUN_PROGRAMME, code=later.code
        )


def test_person_without_a_programme_is_told_which_permission_is_missing(owner: User) -> None:
    with pytest.raises(Forbidden) as refused:
        get_programme_context(request_by(owner), Permission.SEE_PROGRAMME, needs=Permission.RUN_PROGRAMME)
    assert refused.value.verb == Permission.RUN_PROGRAMME


def test_context_takes_two_queries(
    both: tuple[User, Programme, Programme], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        get_programme_context(request_by(both[0]), Permission.SEE_PROGRAMME)
