"""Mobile numbers: their one spelling, confirming one, signing in and resetting a password with it."""

from __future__ import annotations

import re
from random import randrange
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.exceptions import ValidationError
from django.test import Client, override_settings

from accounts.models import User
from accounts.phones import mask_phone, normalise_phone
from audit.models import AuditEvent
from tests import factories

pytestmark = pytest.mark.django_db
NUMBER = "+8613812345678"
LIMITS = {name: configured.ACCOUNT_RATE_LIMITS[name] for name in ("change_phone", "verify_phone")}
SENT: list[tuple[str, str]] = []


class Keeping:
    """Keeps messages instead of sending them."""

    def send(self, phone: str, text: str) -> None:
        SENT.append((phone, text))


@pytest.fixture(autouse=True)
def kept() -> list[tuple[str, str]]:
    SENT.clear()
    return SENT


@pytest.fixture(autouse=True)
def _keeping(settings: Any) -> None:
    """Without the limits, which count across tests."""
    settings.SMS_BACKEND = f"{__name__}.Keeping"
    unlimited = {"verify_phone": False, "change_phone": False, "reset_password": False}
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | unlimited


@pytest.fixture
def english(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def limited(english: Client, settings: Any) -> Client:
    """Somebody signed in at a place of their own, since the limits count across tests."""
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | LIMITS
    english.defaults["REMOTE_ADDR"] = f"10.{randrange(256)}.{randrange(256)}.{randrange(256)}"
    sign_in(english, "Emil")
    return english


@pytest.fixture
def person() -> User:
    return factories.make_user("Dora", phone=NUMBER, phone_verified_at="2026-01-01T00:00:00Z")


def sign_in(browser: Client, name: str) -> User:
    person = factories.make_user(name)
    browser.post("/accounts/login/", {"login": person.email, "password": factories.PASSWORD})
    return person


def code() -> str:
    found = re.search(r"\d{6}", SENT[-1][1])
    assert found
    return found[0]


@pytest.mark.parametrize(
    "typed",
    ["13812345678", "138 1234 5678", "138-1234-5678", "+86 138 1234 5678", "008613812345678",
     "8613812345678", "１３８１２３４５６７８", " +86-13812345678 "],
)  # fmt: skip
def test_every_spelling_of_a_chinese_mobile_number_is_one(typed: str) -> None:
    assert normalise_phone(typed) == NUMBER


def test_number_of_another_country_keeps_its_code() -> None:
    assert normalise_phone("+49 171 1234567") == "+491711234567"


@pytest.mark.parametrize(
    "typed", ["12812345678", "1381234567", "+86 28 8555 1234", "0772-2812345", "hello", "+"]
)
def test_what_is_no_mobile_number_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        normalise_phone(typed)


def test_others_see_a_number_without_its_middle() -> None:
    assert (mask_phone(NUMBER), mask_phone("")) == ("138****5678", "")


def test_number_is_confirmed_by_the_code_and_opens_the_account(english: Client) -> None:
    person = sign_in(english, "Emil")

    english.post("/accounts/phone/change/", {"phone": "138 1234 5678"})
    person.refresh_from_db()
    assert person.phone == ""
    wrong = english.post("/accounts/phone/verify/", {"code": "000000", "action": "verify"})
    assert "Incorrect code" in wrong.content.decode()
    english.post("/accounts/phone/verify/", {"code": code(), "action": "verify"})

    person.refresh_from_db()
    assert (person.phone, SENT[0][0]) == (NUMBER, NUMBER)
    assert person.phone_verified_at is not None
    assert AuditEvent.objects.filter(action="phone.confirmed", by=person).exists()
    english.post("/accounts/logout/")
    response = english.post("/accounts/login/", {"login": "138-1234-5678", "password": factories.PASSWORD})
    assert response["Location"] == "/"


def test_number_that_was_not_confirmed_opens_nothing(english: Client) -> None:
    factories.make_user("Emil", phone=NUMBER)

    page = english.post("/accounts/login/", {"login": NUMBER, "password": factories.PASSWORD})

    assert "do not match" in page.content.decode()


def test_number_of_somebody_else_cannot_be_taken(english: Client, person: User) -> None:
    other = sign_in(english, "Emil")

    english.post("/accounts/phone/change/", {"phone": person.phone})
    page = english.post("/accounts/phone/verify/", {"code": code(), "action": "verify"})

    other.refresh_from_db()
    assert "This number cannot be used" in page.content.decode()
    assert other.phone == ""


def test_number_is_removed(english: Client, person: User) -> None:
    english.post("/accounts/login/", {"login": person.email, "password": factories.PASSWORD})

    english.post("/account/phone/remove/")

    person.refresh_from_db()
    assert (person.phone, person.phone_verified_at) == ("", None)


def test_password_is_reset_by_phone(english: Client, person: User) -> None:
    asked = english.post("/accounts/password/reset/", {"email": "138 1234 5678"})
    assert asked["Location"] == "/accounts/password/reset/phone/"
    assert "Incorrect code" in english.post(asked["Location"], {"code": "12"}).content.decode()

    right = english.post(asked["Location"], {"code": code()})
    form = english.get(right["Location"], follow=True)
    english.post(
        form.request["PATH_INFO"], {"password1": "quite-new-pass-1", "password2": "quite-new-pass-1"}
    )

    person.refresh_from_db()
    assert person.check_password("quite-new-pass-1")
    assert person.notices.get().kind == "safety"


def test_unknown_number_gets_no_message_and_the_same_page(english: Client, person: User) -> None:
    asked = english.post("/accounts/password/reset/", {"email": "13912345678"})

    assert asked["Location"] == "/accounts/password/reset/phone/"
    assert "13912345678" in english.get(asked["Location"]).content.decode()
    assert SENT == []
    assert "Incorrect code" in english.post(asked["Location"], {"code": "000000"}).content.decode()


def test_guessing_the_code_ends_the_reset(english: Client, person: User) -> None:
    english.post("/accounts/password/reset/", {"email": person.phone})
    right = code()
    address = "/accounts/password/reset/phone/"
    wrong = "000000" if right != "000000" else "111111"

    answers = [english.post(address, {"code": wrong}) for _ in range(5)]

    assert answers[-1]["Location"] == "/accounts/password/reset/"
    assert english.post(address, {"code": right})["Location"] == "/accounts/password/reset/"


@override_settings(AXES_ENABLED=True)
def test_wrong_passwords_by_phone_lock_whatever_the_spelling(english: Client, person: User) -> None:
    for spelling in ["13812345678", "138 1234 5678", "+8613812345678", "138-12345678"] * 2:
        page = english.post("/accounts/login/", {"login": spelling, "password": "wrong"})

    assert "Too many wrong passwords" in page.content.decode()


@override_settings(AXES_ENABLED=True)
def test_new_password_ends_the_lock_of_the_number(english: Client, person: User) -> None:
    for attempt in range(8):
        english.post("/accounts/login/", {"login": NUMBER, "password": f"wrong {attempt}"})
    english.post("/accounts/password/reset/", {"email": NUMBER})
    right = english.post("/accounts/password/reset/phone/", {"code": code()})
    form = english.get(right["Location"], follow=True).request["PATH_INFO"]
    english.post(form, {"password1": "quite-new-pass-1", "password2": "quite-new-pass-1"})
    english.post("/accounts/logout/")

    page = english.post("/accounts/login/", {"login": NUMBER, "password": "quite-new-pass-1"})

    assert (page.status_code, page["Location"]) == (302, "/")


@override_settings(AXES_ENABLED=True)
def test_right_password_by_number_starts_the_count_again(english: Client, person: User) -> None:
    for _round in range(2):
        for attempt in range(6):
            english.post("/accounts/login/", {"login": NUMBER, "password": f"wrong {attempt}"})
        page = english.post("/accounts/login/", {"login": NUMBER, "password": factories.PASSWORD})
        assert page["Location"] == "/"
        english.post("/accounts/logout/")


def test_mistyped_number_may_be_corrected_at_once(limited: Client) -> None:
    refused = limited.post("/accounts/phone/change/", {"phone": "138 1234"})
    corrected = limited.post("/accounts/phone/change/", {"phone": f"139 1234 {randrange(10**4):04}"})

    assert refused.context["form"].errors
    assert corrected["Location"] == "/accounts/phone/verify/"


def test_second_message_within_half_a_minute_is_refused_beside_the_number(limited: Client) -> None:
    number = f"139{randrange(10**8):08}"
    limited.post("/accounts/phone/change/", {"phone": number})
    again = limited.post("/accounts/phone/change/", {"phone": number})

    assert "A code was sent a moment ago" in again.content.decode()
    assert number in again.content.decode()
    assert len(SENT) == 1


def test_naming_numbers_without_end_is_refused(limited: Client) -> None:
    answers = [limited.post("/accounts/phone/change/", {"phone": "138"}).status_code for _ in range(11)]

    assert answers[9:] == [answers[0], 429]


def test_confirming_ends_on_the_account_and_guessing_says_what_to_do(english: Client) -> None:
    sign_in(english, "Emil")
    english.post("/accounts/phone/change/", {"phone": NUMBER})
    wrong = "000000" if code() != "000000" else "111111"
    for _attempt in range(10):
        page = english.post("/accounts/phone/verify/", {"code": wrong, "action": "verify"}, follow=True)
    assert "Ask for a new one" in page.content.decode()

    english.post("/accounts/phone/change/", {"phone": NUMBER})
    done = english.post("/accounts/phone/verify/", {"code": code(), "action": "verify"})

    assert done["Location"] == "/account/"


def test_message_says_which_site_it_comes_from(english: Client, person: User) -> None:
    english.post("/accounts/password/reset/", {"email": NUMBER})

    assert SENT[-1][1].startswith("Liuzhou AI Readiness: ")


def test_neither_address_nor_number_is_told_both(english: Client) -> None:
    page = english.post("/accounts/password/reset/", {"email": "dora.example.test"})

    assert "Enter an e-mail address, or a mobile number of 11 digits." in page.content.decode()
