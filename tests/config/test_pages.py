"""The site's own pages in both languages: landing, language, account, help, errors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from accounts.models import User
from accounts.roles import Permission, Role
from assessments.models import Assessment
from companies.models import Programme
from companies.permissions import Forbidden
from config import urls
from config.context import site
from tests import factories

pytestmark = pytest.mark.django_db

PUBLIC = (
    "/",
    "/accounts/login/",
    "/help/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/signup/",
)
OWN = (
    "/account/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/logout/",
    "/accounts/reauthenticate/",
    "/help/",
)
LANGUAGES = ("en", "zh-hans")
HAN = re.compile(r"[\u4e00-\u9fff]")
ELSEWHERE = re.compile(r"""(?:src|href|action|content)=["'](?:https?:)?//""")


def refuse(request: HttpRequest) -> HttpResponse:
    raise Forbidden(Permission.SUBMIT)


def refuse_staff(request: HttpRequest) -> HttpResponse:
    raise Forbidden(Permission.TRAIN_MODEL)


def refuse_plainly(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def overflow(request: HttpRequest) -> HttpResponse:
    raise RequestDataTooBig


def break_down(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


class Failing:
    """The site's addresses and some that fail."""

    urlpatterns = [
        *urls.urlpatterns,
        path("refuse/", refuse),
        path("refuse-staff/", refuse_staff),
        path("refuse-plainly/", refuse_plainly),
        path("overflow/", overflow),
        path("break/", break_down),
    ]
    handler400, handler403, handler404, handler500 = (
        urls.handler400, urls.handler403, urls.handler404, urls.handler500,
    )  # fmt: skip


@pytest.fixture
def failing() -> Iterator[Client]:
    with override_settings(ROOT_URLCONF=Failing):
        client = Client(raise_request_exception=False)
        client.cookies["django_language"] = "en"
        yield client


def page(client: Client, address: str, language: str) -> str:
    client.cookies["django_language"] = language
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("address", PUBLIC)
@pytest.mark.parametrize("language", LANGUAGES)
def test_public_page_is_whole_in_its_language(client: Client, address: str, language: str) -> None:
    html = page(client, address, language)

    check_page(html, language)


@pytest.mark.parametrize("address", OWN)
@pytest.mark.parametrize("language", LANGUAGES)
def test_own_page_is_whole_in_its_language(signed_in: Client, address: str, language: str) -> None:
    html = page(signed_in, address, language)

    check_page(html, language)


def check_page(html: str, language: str) -> None:
    assert f'<html lang="{language}"' in html
    assert html.count("<h1") == 1
    assert '<a class="lz-skip" href="#main">' in html
    assert 'id="main"' in html
    assert not ELSEWHERE.search(html)
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", html, re.S)
    assert heading
    assert bool(HAN.search(heading[1])) == (language == "zh-hans")


def test_pages_are_chinese_unless_asked_otherwise(client: Client) -> None:
    assert '<html lang="zh-hans"' in client.get("/").content.decode()
    assert '<html lang="en"' in client.get("/", headers={"accept-language": "en"}).content.decode()


def test_language_is_switched_and_the_page_kept(signed_in: Client, owner: User) -> None:
    answer = signed_in.post("/language/", {"language": "zh-hans", "next": "/help/"})

    assert answer["Location"] == "/help/"
    assert '<html lang="zh-hans"' in signed_in.get("/help/").content.decode()
    owner.refresh_from_db()
    assert owner.language == "zh-hans"


def test_language_switch_does_not_lead_elsewhere(client: Client) -> None:
    answer = client.post("/language/", {"language": "en", "next": "https://example.org/"})

    assert answer["Location"] == "/"


def test_unknown_language_changes_nothing(signed_in: Client, owner: User) -> None:
    signed_in.post("/language/", {"language": "xx", "next": "/"})

    owner.refresh_from_db()
    assert owner.language == "en"


@pytest.mark.parametrize("address", [*PUBLIC, "/nowhere/"])
def test_policy_allows_own_files_only(client: Client, address: str) -> None:
    policy = client.get(address)["Content-Security-Policy"]

    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}
    assert rules["default-src"] == ["'none'"]
    assert rules["script-src"] == rules["style-src"] == ["'self'"]
    assert "unsafe" not in policy


def test_owner_starts_at_the_assessment(signed_in: Client, assessment: Assessment) -> None:
    assert signed_in.get("/")["Location"] == f"/assessments/{assessment.pk}/"


def test_officer_starts_at_the_overview(client: Client, officer: User) -> None:
    client.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.get("/")["Location"] == "/cohort/"


def test_administrator_starts_where_work_is(client: Client, programme: Programme) -> None:
    administrator = factories.make_staff(programme, Role.ADMINISTRATOR)
    client.force_login(administrator, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.get("/")["Location"] == "/people/"
    assert client.get("/people/").status_code == 200


def test_start_answers_a_monitor_that_asks_for_the_head_only(client: Client) -> None:
    assert client.head("/").status_code == 200


def test_person_without_a_role_is_told_so(signed_in: Client) -> None:
    html = page(signed_in, "/", "en")

    assert "Nothing here for you yet" in html


def test_demonstration_lists_its_sign_ins_and_says_what_it_is(client: Client, tmp_path: Path) -> None:
    account = {"role": "owner", "name": "Wei", "email": "wei@example.test", "password": "made-at-random"}
    (tmp_path / "demo-accounts.json").write_text(json.dumps([account]))

    with override_settings(DEMO=True, VAR_DIR=tmp_path):
        shown = page(client, "/", "en")
    with override_settings(DEMO=False, VAR_DIR=tmp_path):
        hidden = page(client, "/", "en")

    assert "made-at-random" in shown
    assert "Demonstration." in shown
    assert "made-at-random" not in hidden
    assert "Demonstration." not in hidden


def test_missing_page_says_that_answers_are_safe(failing: Client) -> None:
    response = failing.get("/nowhere/")

    assert response.status_code == 404
    assert "Your saved answers are not affected" in response.content.decode()


def test_refusal_names_the_roles_that_could(failing: Client) -> None:
    response = failing.get("/refuse/")

    assert response.status_code == 403
    assert "Company owner, Company delegate" in response.content.decode()


def test_refusal_of_a_member_of_staff_does_not_send_to_a_company(failing: Client) -> None:
    html = failing.get("/refuse-staff/").content.decode()

    assert "Model steward" in html
    assert "ask the administrator" in html
    assert "owner of your company" not in html


def test_refusal_without_a_verb_still_says_whom_to_ask(failing: Client) -> None:
    assert "Ask the owner of your company" in failing.get("/refuse-plainly/").content.decode()


def test_too_large_a_form_is_named(failing: Client) -> None:
    response = failing.get("/overflow/")

    assert response.status_code == 413
    assert "too large" in response.content.decode()


def test_too_large_a_body_is_refused_before_anything_else(failing: Client) -> None:
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10):
        response = failing.post("/language/", {"language": "en" * 20})

    assert response.status_code == 413


def test_failure_gives_a_reference_that_is_in_the_log(
    failing: Client, caplog: pytest.LogCaptureFixture
) -> None:
    response = failing.get("/break/")

    assert response.status_code == 500
    reference = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", response.content.decode())
    assert reference
    assert reference[0] in caplog.text


def test_form_without_its_token_says_how_to_go_on() -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})

    response = client.post("/language/", {"language": "en"})

    assert response.status_code == 403
    assert "Open the page again" in response.content.decode()


def test_session_is_renewed_at_most_every_five_minutes(signed_in: Client) -> None:
    signed_in.get("/account/")
    first = signed_in.session["_renewed_at"]
    signed_in.get("/account/")

    assert signed_in.session["_renewed_at"] == first
    assert 0 < signed_in.session.get_expiry_age() <= 2 * 60 * 60


def test_visitor_has_no_session(client: Client) -> None:
    client.get("/")

    assert "sessionid" not in client.cookies


def test_context_needs_no_user() -> None:
    assert site(RequestFactory().get("/"))["return_path"] == "/"
