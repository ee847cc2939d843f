"""Signing in and out, locks, passwords and the second factor, through the pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client, override_settings

from accounts.invitation import build_password_link, count_valid_days
from accounts.models import User
from audit.models import AuditEvent
from tests import factories
from tests.one_time_code import code_for

pytestmark = pytest.mark.django_db

SIGN_IN = "/accounts/login/"
SET_UP = "/accounts/2fa/totp/activate/"
ENGLISH = {"accept-language": "en"}
FAILED = "number and the password do not match"


@pytest.fixture
def english(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def person() -> User:
    return factories.make_user("Dora")


@pytest.fixture(autouse=True)
def _quick_hashes() -> Iterator[None]:
    """Passwords are hashed slowly on purpose; these tests try dozens."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture
def locking() -> Iterator[None]:
    with override_settings(AXES_ENABLED=True):
        yield


def sign_in(client: Client, email: str, password: str = factories.PASSWORD, **more: str) -> str:
    """The page that follows, or the address that the browser is sent to."""
    response = client.post(SIGN_IN, {"login": email, "password": password, **more})
    return response["Location"] if response.status_code == 302 else response.content.decode()


def set_up_second_factor(client: Client) -> list[str]:
    """Through the pages, which ask for the password once more; the recovery codes shown at the end."""
    asked = client.get(SET_UP)
    client.post(asked["Location"], {"password": factories.PASSWORD, "next": SET_UP})
    page = client.get(SET_UP).content.decode()
    secret = re.search(r"<code[^>]*>([A-Z2-7]{32})</code>", page)
    assert secret
    assert 'src="data:image/svg+xml' in page
    codes = client.post(SET_UP, {"code": code_for(secret[1])}, follow=True).content.decode()
    listed = re.search(r"<pre[^>]*>([^<]+)</pre>", codes)
    assert listed
    return listed[1].split()


def test_right_password_leads_to_the_start(english: Client, person: User) -> None:
    assert sign_in(english, person.email) == "/"


def test_address_may_be_typed_in_capitals(english: Client, person: User) -> None:
    assert sign_in(english, person.email.upper()) == "/"


def test_next_page_is_kept_when_it_is_ours(english: Client, person: User) -> None:
    page = english.get("/account/")

    assert page["Location"] == f"{SIGN_IN}?next=/account/"
    assert 'name="next" value="/account/"' in english.get(page["Location"]).content.decode()
    assert sign_in(english, person.email, next="/account/") == "/account/"


def test_next_page_elsewhere_is_not_followed(english: Client, person: User) -> None:
    assert sign_in(english, person.email, next="https://example.org/") == "/"


def test_failure_does_not_say_which_of_the_two_is_wrong(english: Client, person: User) -> None:
    known = sign_in(english, person.email, "not the password")
    unknown = sign_in(english, "nobody@example.org", "not the password")

    assert known.count(FAILED) == unknown.count(FAILED) == 1
    assert "is-invalid" not in known


def test_switched_off_account_cannot_sign_in(english: Client, person: User) -> None:
    person.is_active = False
    person.save()

    sign_in(english, person.email)

    assert "_auth_user_id" not in english.session


def test_nobody_signs_up(english: Client) -> None:
    page = english.post("/accounts/signup/", {"email": "new@example.org", "password1": factories.PASSWORD})

    assert "Accounts come by invitation" in page.content.decode()
    assert not User.objects.exists()


def test_signing_out_takes_a_form(english: Client, person: User) -> None:
    sign_in(english, person.email)

    english.get("/accounts/logout/")
    assert "_auth_user_id" in english.session

    english.post("/accounts/logout/")
    assert "_auth_user_id" not in english.session


@pytest.mark.usefixtures("locking")
def test_eight_wrong_passwords_lock_this_person_at_this_address_only(english: Client, person: User) -> None:
    other = factories.make_user("Emil")
    for attempt in range(7):
        assert FAILED in sign_in(english, person.email, f"wrong {attempt}")

    # Another spelling of the address is the same person.
    assert "Too many wrong passwords" in sign_in(english, person.email.upper(), "wrong again")
    assert "Too many wrong passwords" in sign_in(english, person.email)
    assert sign_in(english, other.email) == "/"
    elsewhere = Client(REMOTE_ADDR="192.0.2.7", headers={"accept-language": "en"})
    assert sign_in(elsewhere, person.email) == "/"


@pytest.mark.usefixtures("locking")
def test_right_password_in_between_starts_the_count_again(english: Client, person: User) -> None:
    for _round in range(2):
        for attempt in range(7):
            assert FAILED in sign_in(english, person.email, f"wrong {attempt}")
        assert sign_in(english, person.email) == "/"
        english.post("/accounts/logout/")


def test_forgotten_password_is_replaced_through_the_link(english: Client, person: User) -> None:
    english.post("/accounts/password/reset/", {"email": person.email})
    letter = mail.outbox[0]
    link = re.search(r"http://testserver(\S+)", str(letter.body))
    assert link
    form = english.get(link[1], follow=True)
    done = english.post(
        form.request["PATH_INFO"], {"password1": "quite-new-pass-1", "password2": "quite-new-pass-1"}
    )

    assert letter.subject == "Set a new password"
    assert done.status_code == 302
    english.post("/accounts/logout/")
    assert sign_in(english, person.email, "quite-new-pass-1") == "/"
    assert "used before or is too old" in Client().get(link[1], headers=ENGLISH).content.decode()


def new_password_through_a_link(client: Client, person: User) -> str:
    """Where the browser is sent once the password is set."""
    person.refresh_from_db()
    form = client.get(urlsplit(build_password_link(person)).path, follow=True).request["PATH_INFO"]
    password = "quite-new-pass-1"
    response = client.post(form, {"password1": password, "password2": password})
    person.refresh_from_db()
    assert person.check_password(password)
    return str(response["Location"])


def test_new_password_signs_its_owner_in_and_ends_other_sessions(english: Client, person: User) -> None:
    elsewhere = Client()
    sign_in(elsewhere, person.email)

    assert new_password_through_a_link(english, person) == "/"

    assert english.session["_auth_user_id"] == str(person.pk)
    assert AuditEvent.objects.filter(action="person.signed_in", by=person).count() == 2
    assert elsewhere.get("/account/").status_code == 302


def test_new_password_does_not_stand_in_for_the_second_factor(english: Client, person: User) -> None:
    sign_in(english, person.email)
    recovery = set_up_second_factor(english)
    english.post("/accounts/logout/")

    asked = new_password_through_a_link(english, person)

    assert asked == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in english.session
    english.post(asked, {"code": recovery[0]})
    assert english.session["_auth_user_id"] == str(person.pk)


def test_new_password_opens_no_account_that_is_switched_off(english: Client, person: User) -> None:
    person.is_active = False
    person.save()

    assert new_password_through_a_link(english, person) == "/accounts/inactive/"

    assert "_auth_user_id" not in english.session


@pytest.mark.usefixtures("locking")
def test_new_password_ends_the_lock(english: Client, person: User) -> None:
    for attempt in range(8):
        sign_in(english, person.email, f"wrong {attempt}")

    assert new_password_through_a_link(english, person) == "/"

    english.post("/accounts/logout/")
    assert sign_in(english, person.email, "quite-new-pass-1") == "/"


def test_unknown_address_gets_no_letter_and_the_same_answer(english: Client, person: User) -> None:
    known = english.post("/accounts/password/reset/", {"email": person.email})
    unknown = english.post("/accounts/password/reset/", {"email": "nobody@example.org"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [letter.to for letter in mail.outbox] == [[person.email]]


def test_weak_new_password_is_refused_with_the_reason(english: Client, person: User) -> None:
    sign_in(english, person.email)

    page = english.post(
        "/accounts/password/change/",
        {"oldpassword": factories.PASSWORD, "password1": "1234567", "password2": "1234567"},
    )

    assert "too short" in page.content.decode()


def test_reasons_against_a_new_password_are_in_the_language_of_the_page(
    english: Client, person: User
) -> None:
    sign_in(english, person.email)
    english.cookies["django_language"] = "zh-hans"

    def change(first: str, second: str) -> str:
        given = {"oldpassword": factories.PASSWORD, "password1": first, "password2": second}
        return english.post("/accounts/password/change/", given).content.decode()

    assert "密码太短，至少需要 10 个字符。" in change("1234567a", "1234567a")
    assert "两次输入的密码不一致。" in change("lathe-and-mill-7", "lathe-and-mill-8")


def test_second_factor_is_set_up_asked_for_and_replaced_by_a_recovery_code(
    english: Client, person: User
) -> None:
    sign_in(english, person.email)
    recovery = set_up_second_factor(english)
    assert "On" in english.get("/account/").content.decode()
    english.post("/accounts/logout/")

    assert sign_in(english, person.email) == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in english.session
    wrong = english.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "This code does not fit" in wrong.content.decode()
    right = english.post("/accounts/2fa/authenticate/", {"code": recovery[0]})

    assert right["Location"] == "/"
    assert "_auth_user_id" in english.session


def test_guessing_codes_is_stopped(english: Client, person: User) -> None:
    sign_in(english, person.email)
    set_up_second_factor(english)
    english.post("/accounts/logout/")
    sign_in(english, person.email)

    pages = [
        english.post("/accounts/2fa/authenticate/", {"code": f"{n:06}"}).content.decode() for n in range(10)
    ]

    assert "Too many wrong codes" in pages[-1]
    assert "Too many wrong codes" not in pages[0]


def test_owner_is_told_of_what_was_done_with_the_second_factor(
    english: Client, person: User, django_capture_on_commit_callbacks: Any
) -> None:
    sign_in(english, person.email)
    with django_capture_on_commit_callbacks(execute=True):
        set_up_second_factor(english)
        english.post("/accounts/2fa/recovery-codes/generate/")
    english.post("/accounts/2fa/totp/deactivate/")

    told = [str(notice.parameters["change"]["en"]) for notice in person.notices.order_by("created_at")]
    assert told == [
        "Your second factor was switched on",
        "New recovery codes were made",
        "Your second factor was switched off",
    ]
    noted = AuditEvent.objects.filter(by=person).values_list("action", flat=True)
    assert {"second_factor.on", "recovery_codes.made", "second_factor.off"} <= set(noted)


def test_page_that_asks_for_the_code_says_who_helps_without_a_phone(english: Client, person: User) -> None:
    sign_in(english, person.email)
    set_up_second_factor(english)
    english.post("/accounts/logout/")
    sign_in(english, person.email)

    assert "administrator" in english.get("/accounts/2fa/authenticate/").content.decode()


@override_settings(STAFF_SECOND_FACTOR=True)
def test_staff_who_need_a_second_factor_are_not_told_that_the_password_will_do(
    english: Client, person: User, officer: User
) -> None:
    for user, words in ((officer, "you set up the next one at once"), (person, "your password alone opens")):
        sign_in(english, user.email)
        set_up_second_factor(english)
        assert words in english.get("/accounts/2fa/totp/deactivate/").content.decode()
        english.post("/accounts/logout/")


def test_letter_with_the_link_is_in_the_language_of_its_reader(english: Client) -> None:
    person = factories.make_user("韦兰", email="lan@example.test", language="zh-hans")

    english.post("/accounts/password/reset/", {"email": person.email})

    assert mail.outbox[0].subject == "设置新密码"
    assert "韦兰，您好" in mail.outbox[0].body
    assert f"{count_valid_days()} 天内" in mail.outbox[0].body
