"""Filling in as people do it: without a network, two at once, by keyboard, on a phone; and what the page weighs."""

from __future__ import annotations

import gzip
import re

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.e2e.conftest import Demo, Visitor

MOST_BYTES = 150 * 1024
SCORING_MS = 60_000
PASSWORD = "gangcheng-hanjie-7"


def open_questions(page: Page) -> list[str]:
    """Codes of the questions on the page that have no answer yet."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('section.lz-q')].filter(q => !q.querySelector('.lz-choose input:checked'))"
        ".map(q => q.dataset.item)"
    )
    return found


def chosen(page: Page, item: str) -> list[str]:
    """Values chosen for a question."""
    found: list[str] = page.evaluate(
        "item => [...document.querySelectorAll(`#${item} .lz-choose input:checked`)].map(i => i.value)", item
    )
    return found


def choose(page: Page, item: str, option: int = 1) -> None:
    """Click an option of a question."""
    page.locator(f"#{item} .lz-level").nth(option).click()


def test_answers_given_without_a_network_arrive_and_are_there_elsewhere(demo: Demo, browser: Browser) -> None:
    """The network goes in mid-section and comes back after five answers; a colleague's browser has them."""
    manager = Visitor(browser, demo)
    manager.sign_in("owner")
    page, home = manager.page, manager.page.url
    manager.goto(f"{home}sections/S7/")
    first, *rest = open_questions(page)
    with page.expect_response(lambda reply: "/answers/" in reply.url):
        choose(page, first)
    expect(page.locator("#save-line")).to_contain_text("Saved")

    manager.context.set_offline(True)
    for item in rest[:5]:
        choose(page, item)
        expect(page.locator("#save-line")).to_contain_text("Not sent yet")
    expect(page.locator("#waiting")).to_contain_text("5 answers wait on this device")
    given = {item: chosen(page, item) for item in rest[:5]}
    manager.context.set_offline(False)
    expect(page.locator("#waiting")).to_be_hidden(timeout=15_000)
    expect(page.locator("#save-line")).to_contain_text("Saved")

    colleague = Visitor(browser, demo)
    colleague.sign_in("member")
    colleague.goto(f"{home}sections/S7/")
    assert {item: chosen(colleague.page, item) for item in given} == given
    colleague.close()
    # The browser and htmx both report that there was no network, which was the point.
    manager.faults = [fault for fault in manager.faults if not re.search("DISCONNECTED|^htmx:", fault)]
    manager.close()


def test_answers_that_waited_through_the_end_of_a_session_are_sent_after_signing_in(
    demo: Demo, browser: Browser
) -> None:
    manager = Visitor(browser, demo)
    manager.sign_in("owner")
    page, home = manager.page, manager.page.url
    manager.goto(f"{home}sections/S8/")
    item = open_questions(page)[0]
    cookies = [cookie for cookie in manager.context.cookies() if cookie["name"] != "sessionid"]
    manager.context.clear_cookies()
    manager.context.add_cookies(cookies)  # type: ignore[arg-type]
    choose(page, item)
    expect(page.locator("#waiting")).to_contain_text("You are signed out")
    given = chosen(page, item)

    manager.sign_in("owner")
    with page.expect_response(lambda reply: f"/answers/{item}/" in reply.url and reply.ok):
        manager.goto(f"{home}sections/S8/")
    manager.goto(f"{home}sections/S8/")
    assert chosen(page, item) == given
    expect(page.locator("#waiting")).to_be_hidden()
    manager.faults = [fault for fault in manager.faults if "401" not in fault and "403" not in fault]
    manager.close()


def test_two_people_in_one_section_see_both_values_and_choose(demo: Demo, browser: Browser) -> None:
    manager, colleague = Visitor(browser, demo), Visitor(browser, demo)
    manager.sign_in("owner")
    home = manager.page.url
    colleague.sign_in("member")
    for visitor in (manager, colleague):
        visitor.goto(f"{home}sections/S9/")
    one, other = "R1", "R2"
    for visitor, item, option in ((manager, one, 0), (colleague, other, 1)):
        with visitor.page.expect_response(lambda reply: "/answers/" in reply.url and reply.ok):
            choose(visitor.page, item, option)
    with colleague.page.expect_response(lambda reply: "/answers/" in reply.url and reply.status == 409):
        choose(colleague.page, one, 2)
    panel = colleague.page.locator(f"#{one}[data-conflict]")
    expect(panel).to_contain_text("changed this answer meanwhile")
    expect(panel.locator("h2")).to_be_focused()
    with colleague.page.expect_response(lambda reply: "/answers/" in reply.url and reply.ok):
        panel.get_by_role("button", name="Keep what is on this page").click()
    expect(colleague.page.locator(f"#{one} .lz-level input").nth(2)).to_be_checked()

    manager.goto(f"{home}sections/S9/")
    expect(manager.page.locator(f"#{one} .lz-level input").nth(2)).to_be_checked()
    expect(manager.page.locator(f"#{other} .lz-level input").nth(1)).to_be_checked()
    manager.close()
    colleague.faults = [fault for fault in colleague.faults if "status of 409" not in fault]
    colleague.close()


def test_first_page_of_questions_is_light_and_asks_nobody_else(demo: Demo, browser: Browser) -> None:
    """HTML, CSS and scripts compressed as a proxy does; the policy allows nothing inline and nothing complains."""
    manager = Visitor(browser, demo, width=360, language="zh-hans")
    manager.sign_in("owner")
    replies: list[Response] = []
    manager.page.on("response", lambda reply: replies.append(reply))
    manager.goto(f"{manager.page.url}sections/S1/")
    manager.page.wait_for_load_state("networkidle")

    weights = {
        reply.url: len(gzip.compress(reply.body(), 6))
        for reply in replies
        if re.search(r"html|css|javascript", reply.headers.get("content-type", ""))
    }
    assert sum(weights.values()) <= MOST_BYTES, weights
    assert len(weights) >= 5
    document = next(reply for reply in replies if reply.url.endswith("/sections/S1/"))
    policy = document.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    manager.close()


def tab_to(page: Page, selector: str, *, most: int = 120) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement?.matches(selector) ?? false", selector):
            return
    pytest.fail(f"The keyboard does not reach {selector} on {page.url}")


def test_whole_journey_by_keyboard(demo: Demo, browser: Browser) -> None:
    """Set a password, answer what is open with the keys, check, declare, submit, reach the result; no mouse."""
    manager = Visitor(browser, demo)
    page = manager.page
    manager.goto(demo.invite("keyboard"))
    tab_to(page, "#id_password1")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/purpose/"))
    tab_to(page, "#read")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/assessments/" in url)
    home = page.url
    for number in range(1, 10):
        page.goto(home)
        tab_to(page, f"a[href*='/sections/S{number}/']")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(f"/sections/S{number}/"))
        for item in open_questions(page):
            page.evaluate("item => document.querySelector(`#${item} [data-key]`).focus()", item)
            with page.expect_response(lambda reply: "/answers/" in reply.url and reply.ok):
                page.keyboard.press("1")
        assert open_questions(page) == []
    page.goto(home)
    tab_to(page, "a[href$='/check/']")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/check/"))
    tab_to(page, "#declared")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/(result|scoring)/"), timeout=SCORING_MS)
    expect(page.locator("main a[href$='/result/']").first).to_be_visible(timeout=SCORING_MS)
    tab_to(page, "main a[href$='/result/']")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/result/"))
    expect(page.get_by_text("Official digital level").first).to_be_visible()
    manager.close()


def test_a_section_on_a_small_phone(demo: Demo, browser: Browser) -> None:
    """360 pixels wide, by touch: choose, comment, go on; nothing is wider than the screen, targets are large."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True, locale="zh-hans"
    )
    context.add_cookies([{"name": "django_language", "value": "zh-hans", "url": demo.address}])
    page = context.new_page()
    account = demo.accounts["owner"]
    page.goto(f"{demo.address}/accounts/login/")
    page.fill("#id_login", account["email"])
    page.fill("#id_password", account["password"])
    page.press("#id_password", "Enter")
    page.wait_for_url(lambda url: "login" not in url)
    home = page.url
    page.goto(f"{home}sections/S6/")
    first = page.locator("section.lz-q").first
    option = first.locator(".lz-level").nth(2)
    box = option.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    with page.expect_response(lambda reply: "/answers/" in reply.url and reply.ok):
        option.tap()
    first.locator("details summary").last.tap()
    with page.expect_response(lambda reply: "/answers/" in reply.url and reply.ok):
        first.locator("textarea").fill("夜班另行统计")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow == 0
    page.locator("button[form=section-form]").tap()
    page.wait_for_url(re.compile("/sections/S7/"))
    page.goto(f"{home}sections/S6/")
    expect(page.locator("section.lz-q").first.locator(".lz-level input").nth(2)).to_be_checked()
    expect(page.locator("section.lz-q").first.locator("textarea")).to_have_value("夜班另行统计")
    context.close()
