"""The pages of people and roles: who sees whom, giving and ending roles, closing accounts, lost second factors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice, NoticeKind, User
from accounts.roles import Role
from audit.models import AuditEvent
from companies.models import Company, Membership, Programme, ProgrammeRole
from tests import factories

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LIST, INVITE = "/people/", "/people/new/"


@pytest.fixture
def desk(client: Client, administrator: User) -> Client:
    client.force_login(administrator, backend=BACKEND)
    client.cookies["django_language"] = "en"
    return client


def wanted(programme: Programme, **changes: Any) -> dict[str, Any]:
    return {
        "email": "new@example.test",
        "name": "Nora",
        "role": Role.OFFICER.value,
        "programme": str(programme.pk),
        "area": "",
        "credit_code": "",
        "expires_on": "",
        **changes,
    }


def do(client: Client, user: User, what: str) -> None:
    client.post(reverse("people:change", args=[user.pk]), {"do": what})
    user.refresh_from_db()


def test_list_shows_people_with_masked_phones_and_no_answers(
    desk: Client, owner: User, officer: User
) -> None:
    User.objects.filter(pk=owner.pk).update(phone="+8613812345678")

    page = desk.get(LIST).content.decode()

    assert owner.email in page
    assert officer.email in page
    assert "138****5678" in page
    assert "13812345678" not in page


@pytest.mark.usefixtures("officer")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=alice", ["Alice"]),
        ("q=5678", ["Alice"]),
        ("role=officer", ["Staff officer"]),
        ("state=closed", []),
    ],
)
def test_list_is_narrowed(desk: Client, owner: User, query: str, found: list[str]) -> None:
    User.objects.filter(pk=owner.pk).update(phone="+8613812345678")

    rows = desk.get(f"{LIST}?{query}").context["rows"]

    assert [person.name for person, _phone in rows] == found


def test_list_costs_the_same_for_many_people(
    desk: Client, company: Company, django_assert_max_num_queries: Any
) -> None:
    factories.make_member(company, "First")
    desk.get(LIST)
    with django_assert_max_num_queries(9):
        desk.get(LIST)
    for number in range(8):
        factories.make_member(company, f"Member {number}", Role.MEMBER)
    with django_assert_max_num_queries(9):
        desk.get(LIST)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUDITOR, Role.STEWARD])
def test_other_staff_are_told_whose_permission_it_needs(programme: Programme, role: Role) -> None:
    client = Client()
    client.force_login(factories.make_staff(programme, role), backend=BACKEND)

    assert client.get(LIST).status_code == 403


def test_people_of_another_city_are_not_there(desk: Client) -> None:
    elsewhere = factories.make_programme(factories.make_city("450300", "Guilin"), code="guilin-2024")
    other = factories.make_staff(elsewhere, Role.OFFICER, "Foreign officer")

    assert other.email not in desk.get(LIST).content.decode()
    assert desk.get(reverse("people:person", args=[other.pk])).status_code == 404
    assert desk.post(reverse("people:change", args=[other.pk]), {"do": "close"}).status_code == 404


def test_new_person_gets_a_role_with_an_end_and_a_link(desk: Client, programme: Programme) -> None:
    last_day = timezone.localdate() + timedelta(days=30)

    desk.post(INVITE, wanted(programme, expires_on=last_day.isoformat()))

    held = ProgrammeRole.objects.get(user__email="new@example.test")
    assert held.expires_at is not None
    assert timezone.localtime(held.expires_at).date() == last_day + timedelta(days=1)
    assert "/accounts/password/reset/key/" in str(mail.outbox[0].body)
    assert AuditEvent.objects.filter(action="invitation.sent").exists()


def test_known_person_is_told_of_the_new_role(desk: Client, programme: Programme, owner: User) -> None:
    desk.post(INVITE, wanted(programme, email=owner.email))

    assert Notice.objects.get(user=owner).kind == NoticeKind.ROLE_GRANTED


def test_role_in_a_company_needs_its_code(desk: Client, programme: Programme, company: Company) -> None:
    role = Role.OWNER.value
    assert desk.post(INVITE, wanted(programme, role=role)).status_code == 422

    desk.post(INVITE, wanted(programme, role=role, credit_code=company.credit_code))

    assert Membership.objects.get(company=company).user.email == "new@example.test"


@pytest.mark.parametrize(
    "change",
    [
        {"role": Role.COUNTY_REVIEWER.value},
        {"expires_on": "2020-01-01"},
        {"email": "x"},
        {"role": "service_account"},
    ],
)
def test_incomplete_role_is_refused(desk: Client, programme: Programme, change: dict[str, Any]) -> None:
    assert desk.post(INVITE, wanted(programme, **change)).status_code == 422
    assert not User.objects.filter(email="new@example.test").exists()


def test_nobody_gives_a_role_to_themselves(desk: Client, programme: Programme, administrator: User) -> None:
    assert desk.post(INVITE, wanted(programme, email=administrator.email)).status_code == 422
    assert administrator.programme_roles.count() == 1


def test_mail_server_that_fails_leaves_the_link_to_the_administrator(
    desk: Client, programme: Programme
) -> None:
    with override_settings(EMAIL_BACKEND="tests.accounts.test_notices.Unreachable"):
        page = desk.post(INVITE, wanted(programme), follow=True).content.decode()

    assert "/accounts/password/reset/key/" in page


def test_role_is_ended_and_stays_known(desk: Client, officer: User, administrator: User) -> None:
    held = officer.programme_roles.get()

    do(desk, officer, f"end-staff:{held.pk}")

    held.refresh_from_db()
    assert not held.is_current
    assert AuditEvent.objects.get(action="role.ended").by == administrator
    assert "Over" in desk.get(reverse("people:person", args=[officer.pk])).content.decode()


def test_closed_account_opens_nothing_until_it_is_opened_again(desk: Client, officer: User) -> None:
    theirs = Client()
    theirs.post("/accounts/login/", {"login": officer.email, "password": factories.PASSWORD})
    assert theirs.get("/account/").status_code == 200

    do(desk, officer, "close")
    assert theirs.get("/account/").status_code == 302

    do(desk, officer, "open")
    assert (
        theirs.post("/accounts/login/", {"login": officer.email, "password": factories.PASSWORD}).status_code
        == 302
    )
    assert set(AuditEvent.objects.filter(action__startswith="account.").values_list("action", flat=True)) == {
        "account.closed",
        "account.opened_again",
    }


def test_lost_second_factor_is_removed_and_the_person_told(desk: Client, officer: User) -> None:
    TOTP.activate(officer, generate_totp_secret())

    do(desk, officer, "second-factor")

    assert not Authenticator.objects.exists()
    assert Notice.objects.get(user=officer).kind == NoticeKind.SAFETY


@pytest.mark.parametrize("what", ["close", "second-factor"])
def test_administrators_leave_their_own_account_alone(desk: Client, administrator: User, what: str) -> None:
    TOTP.activate(administrator, generate_totp_secret())

    do(desk, administrator, what)

    assert administrator.is_active
    assert Authenticator.objects.exists()
