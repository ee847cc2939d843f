"""The client's address behind a proxy: what the proxy wrote, never what the client made up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from config.proxy import client_address
from tests import factories

PROXY = "10.0.0.2"
SETTING = "config.proxy.client_address"


def seen(forwarded: str | None) -> tuple[str, bool]:
    """The address that a page sees, and whether it still sees the header."""
    found = []

    def page(request: HttpRequest) -> HttpResponse:
        found.append((request.META["REMOTE_ADDR"], "HTTP_X_FORWARDED_FOR" in request.META))
        return HttpResponse()

    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    client_address(page)(RequestFactory().get("/", headers=headers, REMOTE_ADDR=PROXY))
    return found[0]


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("203.0.113.9, 192.0.2.7", "192.0.2.7"),
        ("203.0.113.9,  2001:db8::7 ", "2001:db8::7"),
        (None, PROXY),
        ("", PROXY),
        ("192.0.2.7, unknown", PROXY),
        ("192.0.2.7,", PROXY),
    ],
)
def test_last_address_counts(forwarded: str | None, address: str) -> None:
    assert seen(forwarded) == (address, False)


@pytest.mark.django_db
def test_made_up_first_entry_does_not_escape_the_lock(settings: Settings) -> None:
    settings.AXES_ENABLED = True
    settings.MIDDLEWARE = [SETTING, *django_settings.MIDDLEWARE]
    person = factories.make_user("Dora")

    def sign_in(forwarded: str, password: str) -> int:
        client = Client(REMOTE_ADDR=PROXY, headers={"x-forwarded-for": forwarded})
        return client.post("/accounts/login/", {"login": person.email, "password": password}).status_code

    for attempt in range(8):
        sign_in(f"198.51.100.{attempt}, 192.0.2.7", "wrong")

    assert sign_in("198.51.100.99, 192.0.2.7", factories.PASSWORD) != 302
    assert sign_in("192.0.2.7, 192.0.2.8", factories.PASSWORD) == 302


@pytest.mark.parametrize(("value", "first"), [("true", True), ("false", False)])
def test_only_an_installation_behind_a_proxy_reads_the_header(
    tmp_path: Path, value: str, first: bool
) -> None:
    shown = subprocess.run(
        [sys.executable, "-c", "import json; from config import settings; print(json.dumps(settings.MIDDLEWARE))"],
        env={**os.environ, "BEHIND_PROXY": value, "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )  # fmt: skip
    middleware = json.loads(shown.stdout)

    assert (middleware[0] == SETTING) is first
    assert (SETTING in middleware) is first
