"""In which forms a page is looked at, and what is wrong with it as it stands in the browser."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demo, Visitor
from tests.one_time_code import code_for

WIDTHS, THEMES, LANGUAGES = (360, 768, 1440), ("light", "dark"), ("en", "zh-hans")
PAIRWISE = [
    (360, "light", "zh-hans"),
    (360, "dark", "en"),
    (768, "light", "en"),
    (768, "dark", "zh-hans"),
    (1440, "light", "en"),
    (1440, "dark", "zh-hans"),
]
# Staff pages are many: each is judged at every width, in both themes and both languages.
ONCE_EACH = [(360, "light", "zh-hans"), (768, "light", "en"), (1440, "dark", "zh-hans")]
EVERY_FORM = os.environ.get("ALL_FORMS") == "true"
FORMS = list(itertools.product(WIDTHS, THEMES, LANGUAGES)) if EVERY_FORM else PAIRWISE
STAFF_FORMS = FORMS if EVERY_FORM else ONCE_EACH
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
AXE = Axe()
# A refused form (422), a link that is used up (410) and pages that are not there are pages too.
ANSWERS_THAT_ARE_MEANT = ("403", "404", "410", "422")
PASSWORD = "correct-horse-battery"
# Chinese sentences follow each other without a space.
CHINESE_GAP = re.compile(r"[^\n]{0,12}[。！？；] +(?=[\u4e00-\u9fff“])[^\n]{1,12}")


def faults_of(page: Page, language: str) -> list[str]:
    """What is wrong with a page as it stands in the browser."""
    # Parts that a page asks for once it is there have to be in before it is judged.
    expect(page.locator(".htmx-request")).to_have_count(0)
    found = [
        f"{rule['id']}: {[node['html'][:150] for node in rule['nodes'][:3]]}"
        for rule in AXE.run(page, options=RULES).response["violations"]
    ]
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wider > 0:
        found.append(f"{wider} pixels wider than the window")
    if page.locator("html").get_attribute("lang") != language:
        found.append("lang attribute")
    if language == "zh-hans":
        found += [
            f"a gap after a Chinese sentence: {gap}" for gap in CHINESE_GAP.findall(page.inner_text("body"))
        ]
    return found


def close(visitor: Visitor, *, meant: Sequence[str] = ANSWERS_THAT_ARE_MEANT) -> None:
    """Leave, and account for what went wrong apart from answers with a status that was meant to come."""
    expected = re.compile(f"status of ({'|'.join(meant)})")
    visitor.faults = [fault for fault in visitor.faults if not expected.search(fault)]
    visitor.close()


def take_up_with_second_factor(visitor: Visitor, demo: Demo, name: str) -> None:
    """Set the first password, read the text on purpose, and set up an authenticator."""
    page = visitor.page
    visitor.goto(demo.invite(name))
    page.fill("#id_password1", PASSWORD)
    page.fill("#id_password2", PASSWORD)
    page.press("#id_password2", "Enter")
    page.wait_for_url(re.compile("/purpose/"))
    page.check("#read")
    page.press("#read", "Enter")
    page.wait_for_url(re.compile("/assessments/"))
    visitor.goto("/accounts/2fa/totp/activate/")
    give_password_again(page, PASSWORD)
    secret = page.locator("main code").inner_text()
    page.fill("#id_code", code_for(secret))
    page.press("#id_code", "Enter")
    page.wait_for_url(re.compile("/recovery-codes/"))


def give_password_again(page: Page, password: str) -> None:
    """Where a page asks for the password once more before it opens."""
    if "/reauthenticate/" in page.url:
        page.fill("#id_password", password)
        page.press("#id_password", "Enter")
        page.wait_for_url(lambda url: "/reauthenticate/" not in url)
