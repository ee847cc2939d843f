"""One's own account: the text that comes first, the second factor of staff, name, letters, browsers."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import NoticeKind, User
from accounts.notice_registry import get_notice_template
from accounts.purpose import VERSION
from accounts.roles import Role
from audit.models import AuditEvent
from companies.models import Programme
from tests import factories
from tests.browsers import browser_of

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def signed_in_as(user: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def newcomer() -> User:
    return factories.make_user("Dora", purpose_version="")


def test_nothing_opens_before_the_text_was_accepted(newcomer: User) -> None:
    client = signed_in_as(newcomer)

    response = client.get("/account/?x=1")

    assert response["Location"] == "/account/purpose/?next=%2Faccount%2F%3Fx%3D1"
    page = client.get(response["Location"]).content.decode()
    for heading in ("What it is for", "Who sees it", "How long", "Your rights"):
        assert f"<h2>{heading}</h2>" in page
    assert client.post("/cohort/")["Location"].startswith("/account/purpose/")


def test_accepting_is_noted_with_version_and_time_and_leads_on(newcomer: User) -> None:
    client = signed_in_as(newcomer)
    assert client.post("/account/purpose/", {"next": "/account/"}).status_code == 422

    response = client.post("/account/purpose/", {"read": "yes", "next": "/account/"})

    newcomer.refresh_from_db()
    assert response["Location"] == "/account/"
    assert newcomer.purpose_version == VERSION
    assert newcomer.purpose_accepted_at is not None
    assert AuditEvent.objects.get(action="purpose.accepted").details == {"version": VERSION}
    assert client.get("/account/").status_code == 200


def test_new_text_is_asked_again() -> None:
    client = signed_in_as(factories.make_user("Dora", purpose_version="2020-01"))

    assert client.get("/account/")["Location"].startswith("/account/purpose/")


def test_accepting_leads_to_no_other_site(newcomer: User) -> None:
    client = signed_in_as(newcomer)

    response = client.post("/account/purpose/", {"read": "yes", "next": "https://example.org/"})

    assert response["Location"] == "/"


@override_settings(STAFF_SECOND_FACTOR=True)
def test_staff_set_up_a_second_factor_first_and_companies_need_not(officer: User, owner: User) -> None:
    staff = signed_in_as(officer)

    assert staff.get("/cohort/")["Location"] == reverse("mfa_activate_totp")
    assert staff.get("/account/")["Location"] == reverse("mfa_activate_totp")
    assert signed_in_as(owner).get("/account/").status_code == 200


@override_settings(STAFF_SECOND_FACTOR=True)
def test_staff_with_a_second_factor_go_on_without_a_query_each_time(
    officer: User, django_assert_num_queries: Any
) -> None:
    TOTP.activate(officer, generate_totp_secret())
    client = signed_in_as(officer)
    assert client.get("/account/").status_code == 200
    with CaptureQueriesContext(connection) as captured:
        client.get("/account/")
    with override_settings(STAFF_SECOND_FACTOR=False), django_assert_num_queries(len(captured)):
        client.get("/account/")


def test_second_factor_of_staff_is_no_condition_in_tests_and_demonstrations(officer: User) -> None:
    assert signed_in_as(officer).get("/account/").status_code == 200


def test_name_and_language_are_changed(owner: User) -> None:
    client = signed_in_as(owner)

    client.post("/account/", {"form": "profile", "name": "Alice Wei", "language": "zh-hans"})

    owner.refresh_from_db()
    assert (owner.name, owner.language) == ("Alice Wei", "zh-hans")
    assert AuditEvent.objects.get(action="profile.changed").details == {"changed": ["name", "language"]}


def test_empty_name_is_refused(owner: User) -> None:
    response = signed_in_as(owner).post("/account/", {"form": "profile", "name": " ", "language": "en"})

    assert response.status_code == 422


def test_letters_are_switched_off_by_kind(owner: User, programme: Programme) -> None:
    client = signed_in_as(owner)
    page = client.get("/account/").content.decode()
    assert str(get_notice_template(NoticeKind.REMINDER).label) in page
    assert str(get_notice_template(NoticeKind.APPEAL).label) not in page
    assert str(get_notice_template(NoticeKind.SAFETY).label) not in page

    client.post("/account/", {"form": "letters", "wanted": [NoticeKind.SCORED.value]})

    owner.refresh_from_db()
    assert NoticeKind.REMINDER.value in owner.muted_kinds
    assert not {NoticeKind.SCORED.value, NoticeKind.SAFETY.value, NoticeKind.APPEAL.value} & set(
        owner.muted_kinds
    )
    steward = factories.make_staff(programme, Role.STEWARD)
    assert (
        str(get_notice_template(NoticeKind.APPEAL).label)
        in signed_in_as(steward).get("/account/").content.decode()
    )


def test_other_browsers_are_signed_out(owner: User) -> None:
    here, there = browser_of(owner, name="Here"), browser_of(owner, name="There")
    page = here.get("/accounts/sessions/").content.decode()
    assert "There" in page
    assert "This browser" in page

    here.post("/accounts/sessions/")

    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200
    assert AuditEvent.objects.filter(action="person.signed_in").count() == 2


def test_one_browser_is_signed_out_and_the_others_stay(owner: User) -> None:
    here, there, elsewhere = (browser_of(owner, name=name) for name in ("Here", "There", "Elsewhere"))
    session = UserSession.objects.get(user=owner, user_agent="There")

    here.post("/accounts/sessions/", {"session": session.pk})

    assert there.get("/account/").status_code == 302
    assert (here.get("/account/").status_code, elsewhere.get("/account/").status_code) == (200, 200)
    again = here.post("/accounts/sessions/", {"session": session.pk})
    assert "signed out already" in again.content.decode()


@pytest.mark.parametrize("whose", ["somebody else", "this browser", "nonsense"])
def test_only_other_browsers_of_ones_own_are_signed_out(owner: User, colleague: User, whose: str) -> None:
    here, there = browser_of(owner, name="Here"), browser_of(owner, name="There")
    stranger = browser_of(colleague)
    sessions = {
        "somebody else": UserSession.objects.get(user=colleague).pk,
        "this browser": UserSession.objects.get(user=owner, user_agent="Here").pk,
        "nonsense": "x",
    }

    here.post("/accounts/sessions/", {"session": sessions[whose]})

    assert [client.get("/account/").status_code for client in (here, there, stranger)] == [200, 200, 200]


@override_settings(STAFF_SECOND_FACTOR=True)
def test_staff_who_switch_the_second_factor_off_are_stopped_at_once(officer: User) -> None:
    TOTP.activate(officer, generate_totp_secret())
    client = signed_in_as(officer)
    assert client.get("/account/").status_code == 200
    off = reverse("mfa_deactivate_totp")
    asked = client.get(off)
    client.post(asked["Location"], {"password": factories.PASSWORD, "next": off})

    client.post(off)

    assert client.get("/account/")["Location"] == reverse("mfa_activate_totp")
