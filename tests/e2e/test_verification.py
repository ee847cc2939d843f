"""Verification, end to end: the county recommends, an assessor grades on site, the level turns verified."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Demo, Visitor
from tests.e2e.judging import faults_of

SCORING_SECONDS = 60


def test_company_is_recommended_graded_on_site_and_verified(demo: Demo, browser: Browser) -> None:
    reviewer = Visitor(browser, demo)
    reviewer.sign_in("county_reviewer")
    reviewer.goto("/cohort/desk/?step=check")
    assert faults_of(reviewer.page, "en") == []
    link = reviewer.page.locator("main a[href$='/check/']").first
    assessment = re.findall(r"/desk/([0-9a-f-]+)/", link.get_attribute("href") or "")[0]
    link.click()
    expect(reviewer.page.get_by_role("heading", level=1)).to_be_visible()
    assert faults_of(reviewer.page, "en") == []
    reviewer.page.get_by_role("button", name="Recommend to the city").click()
    expect(reviewer.page.get_by_text("Recommended to the city.")).to_be_visible()
    reviewer.close()

    assessor = Visitor(browser, demo, width=1024)
    assessor.sign_in("assessor")
    page = assessor.page
    assessor.goto(f"/cohort/desk/{assessment}/visit/")
    page.check("[name=declared]")
    page.get_by_role("button", name="Begin the visit").click()
    expect(page.locator(".lz-visit")).to_be_visible()
    assert faults_of(page, "en") == []
    page.goto(f"{page.url.split('#')[0]}#C06")
    panel = page.locator("#C06")
    panel.locator(".form-selectgroup-label", has_text="Change").click()
    panel.locator("[name=value]").first.check()
    panel.locator("[name=remark]").fill("No system on the shop floor.")
    with page.expect_response(lambda response: response.url.endswith("/items/C06/") and response.ok):
        panel.get_by_role("button", name="Save and next").click()
    expect(page.locator("#C06")).to_be_hidden()
    expect(page.locator("#figures")).to_contain_text("1 / 60")
    for done in range(2, 61):
        with page.expect_response(lambda response: "/items/" in response.url and response.ok):
            page.locator(".lz-q.is-current").get_by_role("button", name="Save and next").click()
        expect(page.locator("#figures")).to_contain_text(f"{done} / 60")
    page.get_by_role("button", name="Finish visit").click()
    expect(page.get_by_text(re.compile("The visit is finished"))).to_be_visible()
    # The worker scores the verified values meanwhile; the file shows them the next time it is opened.
    verified = page.get_by_role("columnheader", name=re.compile("verified")).first
    for _second in range(SCORING_SECONDS):
        if verified.is_visible():
            break
        page.wait_for_timeout(1000)
        page.reload()
    expect(verified).to_be_visible()
    assessor.close()


def test_decisions_made_without_a_network_outlive_the_page_on_a_tablet(demo: Demo, browser: Browser) -> None:
    assessor = Visitor(browser, demo, width=768)
    assessor.sign_in("assessor")
    page = assessor.page
    assessor.goto("/cohort/desk/?step=visit")
    page.locator("main a[href$='/visit/']").first.click()
    page.check("[name=declared]")
    page.get_by_role("button", name="Begin the visit").click()
    expect(page.locator("#figures")).to_contain_text("0 / 60")
    address = page.url.split("#")[0]

    assessor.context.set_offline(True)
    for words in ("1 decision waits on this device", "2 decisions wait on this device"):
        page.locator(".lz-q.is-current").get_by_role("button", name="Save and next").click()
        expect(page.locator("#waiting")).to_contain_text(words)
    expect(page.get_by_role("button", name="Finish visit")).to_be_disabled()
    page.close()
    assessor.context.set_offline(False)
    again = assessor.context.new_page()
    again.goto(address)

    expect(again.locator("#figures")).to_contain_text("2 / 60")
    expect(again.locator("#waiting")).to_be_hidden()
    expect(again.get_by_role("button", name="Finish visit")).to_be_enabled()
    # The browser and htmx both report that there was no network, which was the point.
    assessor.faults = [fault for fault in assessor.faults if not re.search("DISCONNECTED|^htmx:", fault)]
    assessor.close()
