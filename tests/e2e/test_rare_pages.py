"""Pages that nobody asks for: the lock, codes by phone, the second step of signing in, what goes wrong.

Each is reached as a person would reach it and judged as all other pages are, in the same forms.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route

from tests.e2e.conftest import ROOT, Demo, Visitor
from tests.e2e.judging import FORMS, PASSWORD, close, faults_of, take_up_with_second_factor

CAREFUL = "careful@demo.example"
SIGN_IN, CHANGE_PHONE = "/accounts/login/", "/accounts/phone/change/"
# More than the site takes in one form; as many wrong passwords as close the lock; more numbers than in an hour.
TOO_MANY_FIELDS, TOO_MANY_PASSWORDS, TOO_MANY_NUMBERS = 1001, 8, 11


@pytest.fixture(scope="module")
def careful(demo: Demo, browser: Browser) -> Any:
    """What the browser keeps of somebody with an authenticator app who has just named a mobile number."""
    visitor = Visitor(browser, demo)
    take_up_with_second_factor(visitor, demo, CAREFUL.partition("@")[0])
    visitor.goto(CHANGE_PHONE)
    visitor.page.fill("#id_phone", "13900009999")
    visitor.page.press("#id_phone", "Enter")
    visitor.page.wait_for_url(re.compile("/phone/verify/"))
    session = visitor.context.storage_state()
    visitor.close()
    return session


@pytest.fixture(scope="module")
def without_database(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site whose database is empty: every page that asks it fails."""
    folder = tmp_path_factory.mktemp("without-database")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **demo.environment,
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'empty.sqlite3'}",
        "STATIC_ROOT": str(demo.folder / "static"),
    }
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    with (folder / "site.log").open("wb") as log:
        process = subprocess.Popen(
            [gunicorn, "--threads", "4", "--bind", f"127.0.0.1:{port}", "config.wsgi"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 120
    while not answers(f"{address}/health/live"):
        assert process.poll() is None, (folder / "site.log").read_text()
        assert time.monotonic() < deadline
        time.sleep(0.3)
    yield address
    process.terminate()
    process.wait(timeout=30)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@dataclass(frozen=True)
class Rare:
    """What a way to a rare page may need."""

    visitor: Visitor
    without_database: str
    number: int

    @property
    def phone(self) -> str:
        """A number of nobody, another one in each form: a code goes to a number once in half a minute."""
        return f"1390000{self.number:04}"


def wrong_passwords(rare: Rare) -> None:
    """Until the lock closes; in later forms it is closed already."""
    for _attempt in range(TOO_MANY_PASSWORDS):
        rare.visitor.goto(SIGN_IN)
        fill_and_send(rare, {"#id_login": "locked-out@demo.example", "#id_password": "not the password"})
        if rare.visitor.page.locator("#id_password").count() == 0:
            return


def code_by_phone(rare: Rare) -> None:
    """Instead of a letter to reset the password; a wrong one, so that the error is there too."""
    rare.visitor.goto("/accounts/password/reset/")
    fill_and_send(rare, {"#id_email": rare.phone})
    fill_and_send(rare, {"#id_code": "000000"})


def confirm_phone(rare: Rare) -> None:
    """After somebody has named a new number."""
    rare.visitor.goto("/accounts/phone/verify/")


def second_step(rare: Rare) -> None:
    """Right password, and now the code."""
    rare.visitor.goto(SIGN_IN)
    fill_and_send(rare, {"#id_login": CAREFUL, "#id_password": PASSWORD})


def too_many_codes(rare: Rare) -> None:
    """Naming a number again and again; in later forms the limit is reached already."""
    for _attempt in range(TOO_MANY_NUMBERS):
        rare.visitor.goto(CHANGE_PHONE)
        fill_and_send(rare, {"#id_phone": rare.phone})
        if rare.visitor.page.locator("#id_code, #id_phone").count() == 0:
            return


def not_to_be_read(rare: Rare) -> None:
    """A form whose parts cannot be told apart, as a broken proxy might send it."""

    def broken(route: Route) -> None:
        headers = {**route.request.all_headers(), "content-type": "multipart/form-data"}
        route.continue_(method="POST", post_data="?", headers=headers)

    rare.visitor.goto(SIGN_IN)
    rare.visitor.page.route(f"**{SIGN_IN}", broken)
    rare.visitor.goto(SIGN_IN)


def too_large(rare: Rare) -> None:
    """A form with more fields than the site takes."""
    rare.visitor.goto(SIGN_IN)
    rare.visitor.page.evaluate(
        """count => {
            const form = document.querySelector("main form");
            for (let number = 0; number < count; number++) {
                const field = document.createElement("input");
                field.type = "hidden";
                field.name = `more-${number}`;
                form.append(field);
            }
        }""",
        TOO_MANY_FIELDS,
    )
    fill_and_send(rare, {"#id_login": "nobody@demo.example", "#id_password": "?"})


def without_cookies(rare: Rare) -> None:
    """The cookie that a form belongs to is gone."""
    rare.visitor.goto(SIGN_IN)
    rare.visitor.context.clear_cookies(name="csrftoken")
    fill_and_send(rare, {"#id_login": "nobody@demo.example", "#id_password": "?"})


def broken_site(rare: Rare) -> None:
    """Something fails that nobody thought of."""
    rare.visitor.goto(f"{rare.without_database}/")


def heard(visitor: Visitor) -> set[int]:
    """The statuses of what the site answers from now on."""
    statuses: set[int] = set()
    visitor.page.on("response", lambda answer: statuses.add(answer.status))
    return statuses


def fill_and_send(rare: Rare, fields: dict[str, str]) -> None:
    """Fill in the one form of the page and send it."""
    page = rare.visitor.page
    for selector, text in fields.items():
        page.fill(selector, text)
    with page.expect_navigation():
        page.locator(list(fields)[-1]).press("Enter")


# The way to a page, and what shows that it is the page: a part of it, or its status.
WAYS: list[tuple[Callable[[Rare], None], str]] = [
    (wrong_passwords, "main a[href='/accounts/password/reset/']"),
    (code_by_phone, "form[action='/accounts/password/reset/phone/'] #id_code[aria-invalid]"),
    (confirm_phone, "form[action='/accounts/phone/verify/'] #id_code"),
    (second_step, "form[action='/accounts/2fa/authenticate/'] #id_code"),
    (too_many_codes, "429"),
    (not_to_be_read, "400"),
    (too_large, "413"),
    (without_cookies, "403"),
    (broken_site, "500"),
]
SIGNED_IN = {confirm_phone, too_many_codes}
STATUSES = ("400", "403", "413", "422", "429", "500")


@pytest.mark.parametrize(("width", "theme", "language"), FORMS)
def test_rare_page_is_accessible_and_fits(
    demo: Demo, browser: Browser, without_database: str, careful: Any, width: int, theme: str, language: str
) -> None:
    form = FORMS.index((width, theme, language))
    found = []
    for number, (way, sign) in enumerate(WAYS):
        visitor = Visitor(
            browser,
            demo,
            width=width,
            theme=theme,
            language=language,
            session=careful if way in SIGNED_IN else None,
            beside=without_database,
        )
        statuses = heard(visitor)
        way(Rare(visitor, without_database, form * len(WAYS) + number))
        arrived = int(sign) in statuses if sign.isdigit() else visitor.page.locator(sign).count() == 1
        assert arrived, f"{way.__name__} leads to {visitor.page.url}: {visitor.page.title()}"
        found += [f"{way.__name__}: {fault}" for fault in faults_of(visitor.page, language)]
        close(visitor, meant=STATUSES)
    assert found == []
