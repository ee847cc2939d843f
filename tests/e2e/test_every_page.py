"""Every main page: no console error, nothing from outside, no sideways scrolling, clean of WCAG 2.2 A and AA faults.

The pairs of width, theme and language are chosen so that each pair of values occurs; ALL_FORMS=true walks all.
"""

from __future__ import annotations

import itertools
import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.e2e.conftest import Demo, Visitor

WIDTHS, THEMES, LANGUAGES = (360, 768, 1440), ("light", "dark"), ("en", "zh-hans")
PAIRWISE = [
    (360, "light", "zh-hans"),
    (360, "dark", "en"),
    (768, "light", "en"),
    (768, "dark", "zh-hans"),
    (1440, "light", "en"),
    (1440, "dark", "zh-hans"),
]
FORMS = (
    list(itertools.product(WIDTHS, THEMES, LANGUAGES)) if os.environ.get("ALL_FORMS") == "true" else PAIRWISE
)
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
ROLES = {
    "anonymous": ["/", "/accounts/password/reset/"],
    "owner": [
        "{home}",
        "{home}sections/S2/",
        "{home}sections/S5/",
        "{home}check/",
        "{home}questions/",
        "{result}",
        "/help/",
    ],
    "officer": ["/cohort/", "/cohort/companies/", "{company}", "/model/"],
    "administrator": ["/account/"],
}


@pytest.mark.parametrize("role", list(ROLES))
@pytest.mark.parametrize(("width", "theme", "language"), FORMS)
def test_page_is_accessible_and_fits(
    demo: Demo, browser: Browser, role: str, width: int, theme: str, language: str
) -> None:
    visitor = Visitor(browser, demo, width=width, theme=theme, language=language)
    places: dict[str, str] = {}
    if role != "anonymous":
        visitor.sign_in(role)
        places["home"] = visitor.page.url
    if role == "owner":
        places["result"] = visitor.page.locator("main a[href*='/result/']").first.get_attribute("href") or ""
    if role == "officer":
        visitor.goto("/cohort/companies/?stage=verified")
        links = visitor.page.locator("main a[href^='/cohort/companies/']")
        addresses = [link.get_attribute("href") or "" for link in links.all()]
        places["company"] = next(address for address in addresses if "?" not in address and len(address) > 40)
    found = []
    for path in ROLES[role]:
        address = path.format(**places)
        visitor.goto(address)
        visitor.page.wait_for_load_state("networkidle")
        for rule in Axe().run(visitor.page, options=RULES).response["violations"]:
            nodes = [node["html"][:150] for node in rule["nodes"][:3]]
            found.append(f"{path}: {rule['id']}: {nodes}")
        overflow = visitor.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if overflow > 0:
            found.append(f"{path}: {overflow} pixels wider than the window")
        if visitor.page.locator("html").get_attribute("lang") != ("en" if language == "en" else "zh-hans"):
            found.append(f"{path}: lang attribute")
    visitor.close()
    assert found == []
