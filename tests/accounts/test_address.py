"""Changing one's own e-mail address, and letters that do not arrive."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone

from accounts import address
from accounts.emails import deliver_email
from accounts.models import EmailState, NoticeKind, User
from accounts.notices import notify
from audit.models import AuditEvent
from tests import factories
from tests.assessments.pages import sign_in

pytestmark = pytest.mark.django_db
NEW = "dora.new@example.test"
FORM = {"email": "Dora.New@example.test", "password": factories.PASSWORD}
REPORT = b"""From: MAILER-DAEMON@mail.example.test
To: readiness@example.test
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.test

Final-Recipient: rfc822; %s
Action: %s
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such
 mailbox here

--b--
"""


@pytest.fixture
def person() -> User:
    return factories.make_user("Dora")


@pytest.fixture
def dora(person: User) -> Client:
    return sign_in(Client(), person)


def link_in(letter: Any) -> str:
    """The path of the link in a letter."""
    found = re.search(r"(/accounts/confirm-email/\S+/)", letter.body)
    assert found is not None
    return found.group(1)


def test_new_address_counts_once_its_link_was_used(dora: Client, person: User) -> None:
    former = person.email
    response = dora.post("/accounts/email/", FORM, follow=True)
    assert f"A link was sent to {NEW}" in response.content.decode()
    assert [letter.to for letter in mail.outbox] == [[NEW]]
    link = link_in(mail.outbox[0])

    shown = Client().get(link)
    assert shown.status_code == 200
    person.refresh_from_db()
    assert person.email == former
    person.note_mail_problem("550 no such mailbox")
    Client().post(link)

    person.refresh_from_db()
    assert (person.email, person.mail_problem, person.mail_failed_at) == (NEW, "", None)
    assert AuditEvent.objects.get(action="address.changed").subject_id == str(person.pk)
    # The former mailbox learns of it, and the link is used up.
    assert mail.outbox[1].to == [former]
    assert NEW in mail.outbox[1].body
    assert Client().post(link).status_code == 410
    assert sign_in(Client(), person).get("/account/").status_code == 200


@pytest.mark.parametrize(
    "change", [{"password": "wrong"}, {"email": "no address"}, {"email": ""}, {"email": "dora@example.test"}]
)
def test_wrong_password_or_address_sends_nothing(dora: Client, person: User, change: dict[str, str]) -> None:
    User.objects.filter(pk=person.pk).update(email="dora@example.test")
    response = dora.post("/accounts/email/", FORM | change)
    assert response.status_code == 422
    assert mail.outbox == []


def test_address_of_another_account_is_neither_told_nor_taken(dora: Client, person: User) -> None:
    other = factories.make_user("Eve", email=NEW)
    response = dora.post("/accounts/email/", FORM, follow=True)
    assert f"A link was sent to {NEW}, unless another account uses that address" in response.content.decode()
    assert mail.outbox == []

    other.email = "eve@example.test"
    other.save()
    dora.post("/accounts/email/", FORM)
    other.email = NEW
    other.save()
    response = dora.post(link_in(mail.outbox[0]))

    assert response.status_code == 409
    person.refresh_from_db()
    assert person.email != NEW


def test_link_dies_with_time_with_forging_and_with_the_account(dora: Client, person: User) -> None:
    dora.post("/accounts/email/", FORM)
    link = link_in(mail.outbox[0])
    assert Client().get(link[:-3] + "xx/").status_code == 410
    with override_settings(SECRET_KEY="another"):
        assert Client().get(link).status_code == 410
    person.is_active = False
    person.save()
    assert Client().post(link).status_code == 410


def test_link_is_good_for_a_day(dora: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    dora.post("/accounts/email/", FORM)
    monkeypatch.setattr(address, "LINK_LIFE", timedelta(seconds=-1))
    assert Client().get(link_in(mail.outbox[0])).status_code == 410


def test_mail_server_that_is_away_is_said(dora: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(self: EmailBackend, messages: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", away)
    response = dora.post("/accounts/email/", FORM)
    assert response.status_code == 422
    assert "The e-mail could not be sent" in response.content.decode()


def test_pages_of_allauth_that_this_site_does_without_are_gone(dora: Client, person: User) -> None:
    dora.post("/accounts/email/", {"action_add": "", "email": "other@example.test"})
    dora.post("/accounts/email/", {"action_remove": "", "email": person.email})
    person.refresh_from_db()
    assert person.email
    assert dora.get("/accounts/confirm-email/")["Location"] == "/account/"


def test_resetting_a_password_keeps_no_second_copy_of_the_address(person: User) -> None:
    """A copy would let the former address reset the password, and keep the person from a second factor."""
    former = person.email
    client = Client()
    client.post("/accounts/password/reset/", {"email": former})
    reset = re.search(r"(/accounts/password/reset/key/\S+/)", str(mail.outbox[-1].body))
    assert reset is not None
    form = client.get(reset.group(1), follow=True).request["PATH_INFO"]
    password = "another-long-password"
    client.post(form, {"password1": password, "password2": password})
    person.refresh_from_db()
    assert person.check_password(password)
    assert not EmailAddress.objects.exists()
    page = sign_in(Client(), person).get("/accounts/2fa/totp/activate/")
    assert page["Location"].startswith("/accounts/reauthenticate/")

    User.objects.filter(pk=person.pk).update(email=NEW)
    mail.outbox.clear()
    Client().post("/accounts/password/reset/", {"email": former})
    assert mail.outbox == []


def test_refused_letter_marks_the_address_until_the_person_says_otherwise(
    dora: Client, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: EmailBackend, messages: object) -> int:
        raise SMTPRecipientsRefused({person.email: (550, b"no such user")})

    monkeypatch.setattr(EmailBackend, "send_messages", refused)
    notice = notify(user=person, kind=NoticeKind.SAFETY, link="/", change="Something")
    assert notice is not None
    notice.letter, notice.letter_due_at = EmailState.WAITING, timezone.now()
    notice.save()
    assert deliver_email(notice.pk) is EmailState.FAILED

    page = dora.get("/account/").content.decode()
    assert "E-mails have not arrived since" in page
    dora.post("/account/", {"form": "mail"})
    person.refresh_from_db()
    assert (person.mail_problem, person.mail_failed_at) == ("", None)
    assert "E-mails have not arrived since" not in dora.get("/account/").content.decode()


@pytest.mark.parametrize(("action", "marked"), [("failed", True), ("delayed", False)])
def test_bounce_marks_the_address_it_names(person: User, action: str, marked: bool) -> None:
    content = REPORT % (person.email.upper().encode(), action.encode())
    call_command("read_bounce", source=BytesIO(content), verbosity=0)
    person.refresh_from_db()
    assert person.mail_problem == ("550 5.1.1 No such mailbox here" if marked else "")
    assert (person.mail_failed_at is not None) is marked


def test_other_letters_to_the_sender_are_left_alone(person: User) -> None:
    letter = (
        f"From: {person.email}\nSubject: Thanks\n\nFinal-Recipient: rfc822; {person.email}\nAction: failed\n"
    )
    call_command("read_bounce", source=BytesIO(letter.encode()), verbosity=0)
    person.refresh_from_db()
    assert person.mail_problem == ""
