"""Every page: no console error, nothing from outside, no sideways scrolling, clean of WCAG 2.2 A and AA faults.

The combinations of width, theme and language are chosen so that each pair of values occurs on every page of a company
or an account, and each value on every staff page; `make test-accessibility` walks all combinations, and all sections
of the questionnaire.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Demo, Visitor
from tests.e2e.judging import (
    EVERY_FORM,
    FORMS,
    PASSWORD,
    STAFF_FORMS,
    close,
    faults_of,
    give_password_again,
    take_up_with_second_factor,
)

STAFF = {"officer", "county_reviewer", "assessor", "steward", "administrator", "auditor"}
# Sections that hold all kinds of questions between them.
SECTIONS = range(1, 10) if EVERY_FORM else (2, 5)

# A page is an address, and where it takes pressing something to see it, a selector.
Shown = str | tuple[str, str]
OWN_ACCOUNT: list[Shown] = [
    "/account/",
    "/account/purpose/",
    "/account/data/",
    "/account/data/delete/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/phone/change/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/sessions/",
    "/accounts/reauthenticate/",
    "/accounts/logout/",
    "/notices/",
]
ROLES: dict[str, list[Shown]] = {
    "anonymous": [
        "/",
        ("/accounts/login/", "main form button"),
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/password/reset/key/a-b/",
        "/accounts/password/reset/key/done/",
        "/accounts/confirm-email/nonsense/",
        "/accounts/signup/",
        "/accounts/inactive/",
        "{join}",
        "{revoked}",
        "/help/",
        "/api/docs/",
        # Opened whole, this page alone takes half a minute to judge.
        ("/api/docs/", "[data-open-all]" if EVERY_FORM else "details summary"),
        "/nothing/",
    ],
    "owner": [
        "{home}",
        *(f"{{home}}sections/S{number}/" for number in SECTIONS),
        "{home}answers/B1/changes/",
        "{home}check/",
        ("{home}check/", "form[action$='/submit/'] button"),
        "{home}sections/S9/?check=1&from=check",
        "{home}questions/",
        "{home}colleagues/",
        ("{home}colleagues/", "#invite ~ form button"),
        "{home}messages/",
        "{home}profile/",
        ("{home}profile/", "main form button.btn-primary"),
        "{home}result/",
        "{home}plan/",
        "{before}",
        "{before}result/",
        "{before}way-up/",
        "{before}plan/",
        "{before}check/",
        "{before}scoring/",
        "{before}withdraw/",
        "{receipt}",
        "{report}",
        "/cohort/",
        *OWN_ACCOUNT,
    ],
    "member": ["{home}leave/", "{home}colleagues/", "{home}withdraw/"],
    "provider": ["/provider/", "{managed}", "{managed}sections/S2/", "{managed}check/", "{managed}leave/"],
    "newcomer": [
        "/accounts/2fa/",
        "/accounts/2fa/recovery-codes/",
        "/accounts/2fa/recovery-codes/generate/",
        "/accounts/2fa/totp/deactivate/",
    ],
    "officer": [
        "/cohort/",
        "/cohort/?sector=steel&verified=yes",
        "/cohort/differences/",
        "/cohort/companies/",
        "/cohort/companies/?columns=stage.hints.assessor.county.provider.batch.submitted.deadline&q=示例",
        "/cohort/companies/?q=nothing-of-the-kind",
        "/cohort/companies/bulk/?kind=remind&all=1",
        "/cohort/companies/bulk/?kind=assign_assessor&all=1",
        "/cohort/companies/bulk/acts/",
        "{company}",
        "{company}contacts/",
        ("{company}contacts/", "main form button.btn-primary"),
        "{company}timeline/",
        "{company}messages/",
        "{company}papers/",
        "{company}profile/",
        ("{company}profile/", "main form button.btn-primary"),
        "{company}place/",
        "/cohort/messages/",
        "/cohort/desk/",
        "/cohort/desk/?step=accept",
        "{acceptance}",
        "/cohort/batches/",
        "{batch}",
        "{sent}",
        "/cohort/flags/",
        "/cohort/flags/?disposition=all",
        "{flag}",
        "/cohort/samples/",
        "{sample}",
        "/cohort/briefings/",
        "{briefing}",
        "{briefing}words/",
        "{briefing}companies/",
        "{number}",
        "{change}",
        "/cohort/files/",
        "/cohort/ledger/",
        "/cohort/costs/",
        "{cost}",
        "/cohort/programme/",
        "{programme}",
        "/cohort/rounds/open/",
        ("/cohort/rounds/open/", "main form button.btn-primary"),
        "{round}",
        "/cohort/lists/",
        "/cohort/lists/parks/",
        "{entry}",
        "/cohort/questionnaires/",
        "/cohort/questionnaires/2024.1/",
        "/model/",
        "/model/facilities/",
        "/model/drift/",
        "/model/compare/",
        "{release}",
    ],
    "county_reviewer": ["/cohort/desk/", "/cohort/desk/?step=check", "{check}", "/cohort/ledger/"],
    "assessor": ["/cohort/desk/?step=visit", "{begin}", "{visit}"],
    "steward": ["/model/", "/model/facilities/load/", "/cohort/", "/cohort/costs/"],
    "administrator": [
        "/people/",
        "/people/new/",
        ("/people/new/", "main form button.btn-primary"),
        "{person}",
        "/api-keys/",
        "/webhooks/",
        "/audit/",
        "/audit/retention/",
        "/cohort/programme/new/",
        "/cohort/questionnaires/2024.1/",
    ],
    "auditor": ["/audit/", "{company}", "{acceptance}", "{batch}", "/cohort/flags/", "/cohort/briefings/"],
}


@pytest.fixture(scope="module")
def session_of(demo: Demo, browser: Browser) -> Callable[[str], Any]:
    """What a browser keeps of somebody who has signed in, by role; signing in is done once."""
    kept: dict[str, Any] = {"anonymous": None}

    def session(role: str) -> Any:
        if role not in kept:
            visitor = Visitor(browser, demo)
            if role == "newcomer":
                take_up_with_second_factor(visitor, demo, "newcomer")
            else:
                visitor.sign_in(role)
            kept[role] = visitor.context.storage_state()
            visitor.close()
        return kept[role]

    return session


@pytest.fixture(scope="module")
def places(demo: Demo, browser: Browser, session_of: Callable[[str], Any]) -> dict[str, str]:
    """Addresses that the pages themselves name, and those of what the owner makes for the purpose."""
    owner = Visitor(browser, demo, session=session_of("owner"))
    page = owner.page
    owner.goto("/")
    home = path_of(page)
    result = page.locator("main a[href*='/result/']").first.get_attribute("href") or ""
    before = result.removesuffix("result/")
    invite_somebody(owner, home)
    revoked = path_of(page, page.locator("#new-link").inner_text())
    page.locator("form[action*='/revoke/'] button").first.click()
    page.wait_for_load_state()
    invite_somebody(owner, home)
    join = path_of(page, page.locator("#new-link").inner_text())
    owner.goto(f"{home}messages/")
    page.fill("main textarea", "Which machines count as networked?")
    page.locator("main form button.btn-primary").click()
    page.wait_for_load_state()
    owner.goto(before)
    receipt = page.locator("main a[href*='/submissions/']").first.get_attribute("href") or ""
    owner.goto(f"{before}way-up/")
    page.locator("button[formaction$='/plan/save/']").click()
    page.wait_for_url(re.compile("/plan/"))
    owner.goto(f"{before}result/")
    page.locator("form[action$='/reports/'] button").first.click()
    page.wait_for_url(re.compile("/reports/"))
    report = path_of(page)
    owner.close()

    provider = Visitor(browser, demo, session=session_of("provider"))
    provider.goto("/provider/")
    managed = provider.page.locator("main a[href*='/assessments/']").first.get_attribute("href") or ""
    provider.close()

    return {
        "home": home,
        "before": before,
        "join": join,
        "revoked": revoked,
        "receipt": receipt,
        "report": report,
        "managed": managed,
        **staff_places(demo, browser, session_of),
    }


# Where staff pages are found: who looks, the page that leads to them, and what the address ends in.
STAFF_PLACES = {
    "company": ("officer", "/cohort/companies/?stage=verified", r"/cohort/companies/[0-9a-f-]{36}/"),
    "acceptance": ("officer", "/cohort/desk/?step=accept", r"/cohort/desk/[0-9a-f-]+/acceptance/"),
    "batch": ("officer", "/cohort/batches/", r"/cohort/batches/[0-9a-f-]{36}/"),
    "flag": ("officer", "/cohort/flags/", r"/cohort/flags/[0-9a-f-]{36}/"),
    "sample": ("officer", "/cohort/samples/", r"/cohort/samples/[0-9a-f-]{36}/"),
    "briefing": ("officer", "/cohort/briefings/", r"/cohort/briefings/[0-9a-f-]{36}/"),
    "number": ("officer", "{briefing}", r"/cohort/briefings/[0-9a-f-]{36}/companies/\?.+"),
    "cost": ("officer", "/cohort/costs/", r"/cohort/costs/[0-9]+/"),
    "programme": ("officer", "/cohort/programme/", r"/cohort/programme/[0-9a-f-]{36}/"),
    "round": ("officer", "/cohort/programme/", r"/cohort/rounds/[0-9a-f-]{36}/"),
    "entry": ("officer", "/cohort/lists/", r"/cohort/lists/[a-z_-]+/[0-9]+/"),
    "release": ("officer", "/model/", r"/model/releases/[0-9a-f-]{36}/"),
    "check": ("county_reviewer", "/cohort/desk/?step=check", r"/cohort/desk/[0-9a-f-]+/check/"),
    "visit": ("assessor", "/cohort/desk/?step=visit", r"/cohort/desk/[0-9a-f-]+/visit/"),
    "person": ("administrator", "/people/", r"/people/[0-9a-f-]{36}/"),
}


def staff_places(demo: Demo, browser: Browser, session_of: Callable[[str], Any]) -> dict[str, str]:
    """The first address of each kind that the page leads to; of some also the last, which is another sort of page."""
    found: dict[str, str] = {}
    visitors: dict[str, Visitor] = {}
    for name, (role, page, pattern) in STAFF_PLACES.items():
        if role not in visitors:
            visitors[role] = Visitor(browser, demo, session=session_of(role))
        visitors[role].goto(page.format(**found))
        # All in one go: parts that a page asks for later take the place of links while they are read.
        links = visitors[role].page.eval_on_selector_all(
            "main a[href]", "links => links.map(link => link.getAttribute('href'))"
        )
        addresses = [match[0] for link in links if (match := re.match(pattern, link))]
        assert addresses, f"{page} leads to no {name}"
        found[name] = addresses[0]
        if last := {"batch": "sent", "visit": "begin", "number": "change"}.get(name):
            found[last] = addresses[-1]
    for visitor in visitors.values():
        visitor.close()
    return found


def invite_somebody(owner: Visitor, home: str) -> None:
    """Make a link through the page."""
    owner.goto(f"{home}colleagues/")
    owner.page.fill("#id_name", "覃晓燕")
    owner.page.locator("#invite ~ form button").click()
    owner.page.locator("#new-link").wait_for()


def path_of(page: Page, address: str = "") -> str:
    """The part of an address, or of the page's, that comes after the host."""
    return re.sub("^https?://[^/]+", "", address or page.url).partition("?")[0]


@pytest.mark.parametrize(
    ("role", "width", "theme", "language"),
    [(role, *form) for form in FORMS for role in ROLES if form in (STAFF_FORMS if role in STAFF else FORMS)],
)
def test_page_is_accessible_and_fits(
    demo: Demo,
    browser: Browser,
    session_of: Callable[[str], Any],
    places: dict[str, str],
    role: str,
    width: int,
    theme: str,
    language: str,
) -> None:
    visitor = Visitor(browser, demo, width=width, theme=theme, language=language, session=session_of(role))
    found = []
    password = demo.accounts[role]["password"] if role in demo.accounts else PASSWORD
    for shown in ROLES[role]:
        path, press = (shown, "") if isinstance(shown, str) else shown
        visitor.goto(path.format(**places))
        if "reauthenticate" not in path:
            give_password_again(visitor.page, password)
        if press:
            visitor.page.locator(press).first.click()
            visitor.page.wait_for_load_state()
        found += [f"{path} {press}: {fault}" for fault in faults_of(visitor.page, language)]
    close(visitor)
    assert found == []
