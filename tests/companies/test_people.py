"""Adding people from the command line, up to their first sign-in."""

from __future__ import annotations

import io
import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.roles import Role
from audit.models import AuditEvent
from companies.models import Area, Company, Membership, Programme, ProgrammeRole
from companies.people import add_to_company, add_to_programme
from companies.permissions import Forbidden
from tests import factories

pytestmark = pytest.mark.django_db
SITE = "https://readiness.example"
PASSWORD = "quite-new-pass-1"


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    settings.SITE_URL = SITE + "/"
    settings.EMAIL_HOST = "mail.example"


def add(email: str = "New@Example.test", **options: Any) -> str:
    out = io.StringIO()
    call_command("add_person", email, stdout=out, stderr=out, **{"name": "韦建平", **options})
    return out.getvalue()


def link_in(text: str) -> str:
    """The path of the one link in a text."""
    [line] = [line for line in text.splitlines() if line.startswith(f"{SITE}/accounts/")]
    return line.removeprefix(SITE)


@pytest.mark.parametrize(("language", "heading"), [("zh-hans", "设置新密码"), ("en", "Set a new password")])
def test_new_owner_sets_a_password_through_the_link_and_signs_in(
    client: Client, company: Company, language: str, heading: str
) -> None:
    said = add(role="owner", company=company.credit_code.lower())
    letter = mail.outbox[0]
    client.cookies["django_language"] = language

    form = client.get(link_in(said), follow=True)
    page = form.content.decode()
    done = client.post(form.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})
    signed_in = client.session.get("_auth_user_id")
    client.post("/accounts/logout/")
    again = client.post("/accounts/login/", {"login": "new@example.test", "password": PASSWORD})

    assert heading in page
    assert done["Location"] == "/"
    assert signed_in == str(User.objects.get(email="new@example.test").pk)
    assert again["Location"] == "/"
    assert Membership.objects.get(user__email="new@example.test", company=company).role == "owner"
    assert letter.to == ["new@example.test"]
    assert letter.subject == "您的账户：设置密码"
    assert link_in(str(letter.body)) == link_in(said)
    # Used up.
    assert 'name="password1"' not in Client().get(link_in(said), follow=True).content.decode()


def test_adding_the_same_again_changes_nothing_and_says_so(company: Company) -> None:
    add(role="member", company=company.credit_code)
    events = AuditEvent.objects.count()

    said = add(role="member", company=company.credit_code)

    assert "nothing changed" in said
    assert link_in(said)
    assert AuditEvent.objects.count() == events
    assert Membership.objects.count() == User.objects.count() == 1


def test_another_role_in_the_company_replaces_the_first(company: Company) -> None:
    add(role="member", company=company.credit_code)
    add(role="owner", company=company.credit_code)

    assert Membership.objects.get().role == "owner"
    event = AuditEvent.objects.get(action="role.changed")
    assert (event.details["before"], event.details["role"]) == ("member", "owner")
    assert event.company_id == company.pk


def test_who_has_a_password_gets_no_link(company: Company, officer: User) -> None:
    said = add(officer.email, role="owner", company=company.credit_code, name="")

    assert "signs in with it" in said
    assert SITE not in said
    assert mail.outbox == []


def test_county_reviewer_is_added_for_one_area(programme: Programme) -> None:
    division = factories.make_division(programme.city)
    for _time in range(2):
        said = add(role="county_reviewer", programme=programme.code, area=division.code)

    assert "nothing changed" in said
    held = ProgrammeRole.objects.get()
    assert (held.role, held.area) == ("county_reviewer", division)
    event = AuditEvent.objects.get(action="role.granted")
    assert (event.programme_id, event.details["area"]) == (programme.pk, division.code)


def test_role_is_held_on_its_last_day(company: Company) -> None:
    today = timezone.localdate()
    add(role="delegate", company=company.credit_code, expires=today)
    held = Membership.objects.get()
    assert held.is_current
    assert held.expires_at is not None
    assert timezone.localtime(held.expires_at).date() == today + timedelta(days=1)

    with pytest.raises(CommandError, match="later day"):
        add(role="delegate", company=company.credit_code, expires=today - timedelta(days=1))


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"role": "owner", "company": "91450200NOWHERE001"}, "load_cohort"),
        ({"role": "officer", "company": "COMPANY"}, "use --programme"),
        ({"role": "owner", "programme": "liuzhou-2024"}, "use --company"),
        ({"role": "officer", "programme": "atlantis"}, "There are: liuzhou-2024"),
        ({"role": "county_reviewer", "programme": "liuzhou-2024"}, "use --area"),
        ({"role": "officer", "programme": "liuzhou-2024", "area": "AREA"}, "nobody else"),
        ({"role": "county_reviewer", "programme": "liuzhou-2024", "area": "999"}, "There are: 450201"),
        ({"role": "owner", "company": "COMPANY", "area": "AREA"}, "--area goes with"),
        ({"role": "owner", "company": "COMPANY", "name": ""}, "name:"),
        ({"role": "owner", "company": "COMPANY", "email": "nobody"}, "email:"),
    ],
)
def test_mistake_is_answered_with_what_to_do(company: Company, options: dict[str, Any], reason: str) -> None:
    values = {"COMPANY": company.credit_code, "AREA": Area.objects.get().code}

    with pytest.raises(CommandError, match=reason):
        add(**{name: values.get(value, value) for name, value in options.items()})

    assert not User.objects.exists()
    assert not AuditEvent.objects.filter(action="user.created").exists()


def test_switched_off_account_and_service_account_get_no_role(company: Company) -> None:
    factories.make_user("Gone", is_active=False)
    factories.make_user("Robot", kind=User.Kind.SERVICE)

    for email, reason in (("gone@example.test", "switched off"), ("robot@example.test", "service account")):
        with pytest.raises(CommandError, match=reason):
            add(email, role="owner", company=company.credit_code)


def test_mail_that_fails_leaves_the_printed_link(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_letter: Any) -> None:
        raise smtplib.SMTPServerDisconnected("no answer")

    monkeypatch.setattr("companies.management.commands.add_person.send_invitation", refuse)

    said = add(role="owner", company=company.credit_code)

    assert "no answer" in said
    assert link_in(said)


def test_without_a_mail_server_the_link_is_printed_alone(company: Company, settings: Settings) -> None:
    settings.EMAIL_HOST = ""

    assert "hand over the link yourself" in add(role="owner", company=company.credit_code)
    assert mail.outbox == []


def test_only_administrators_add_people(company: Company, officer: User, administrator: User) -> None:
    programme = Programme.objects.get()
    with pytest.raises(Forbidden):
        add_to_company(company=company, email="a@example.test", name="A", role=Role.OWNER, by=officer)
    with pytest.raises(Forbidden):
        add_to_programme(
            programme=programme, area=None, email="a@example.test", name="A", role=Role.AUDITOR, by=officer
        )

    added = add_to_programme(
        programme=programme, area=None, email="a@example.test", name="A", role=Role.AUDITOR, by=administrator
    )

    assert (added.is_new, added.is_changed) == (True, True)
    assert AuditEvent.objects.get(action="user.created").by_id == administrator.pk
