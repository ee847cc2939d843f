"""The main job, end to end: sign in, answer, submit, be scored; the bureau sees it."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Demo, Visitor

SCORING_MS = 60_000


def answer_open_questions(page: Page) -> int:
    """Choose the middle option of every question on the page that has no answer; the number of questions."""
    answered = 0
    for question in page.locator("section.lz-q").all():
        if question.locator(".lz-choose input:checked").count():
            continue
        options = question.locator(".lz-level")
        with page.expect_response(lambda response: "/answers/" in response.url and response.ok):
            options.nth(options.count() // 2).click()
        answered += 1
    return answered


def test_manager_answers_and_the_bureau_sees_the_result(demo: Demo, browser: Browser) -> None:
    manager = Visitor(browser, demo)
    manager.sign_in("owner")
    page = manager.page
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    home = page.url

    answered = 0
    for number in range(1, 10):
        manager.goto(f"{home}sections/S{number}/")
        answered += answer_open_questions(page)
    assert answered >= 10
    manager.goto(home)
    expect(page.get_by_text(re.compile(r"60 of 60 questions"))).to_be_visible()

    manager.goto(f"{home}check/")
    page.get_by_role("button", name=re.compile("Submit")).click()
    expect(page.locator(".error-summary")).to_be_focused()
    page.check("#declared")
    page.get_by_role("button", name=re.compile("Submit")).click()
    page.wait_for_url(re.compile(r"/(result|scoring|submissions)/"), timeout=SCORING_MS)
    manager.goto(f"{home}scoring/")
    expect(page.locator("a[href$='/result/']").first).to_be_visible(timeout=SCORING_MS)
    manager.goto(f"{home}result/")
    expect(page.get_by_text("Official digital level").first).to_be_visible()
    expect(page.get_by_text("Provisional").first).to_be_visible()
    expect(page.get_by_text(re.compile("Synthetic benchmark data")).first).to_be_visible()
    score = page.locator(".lz-two").inner_text()
    company = page.locator(".pre").first.inner_text().split("·")[0].strip()
    manager.close(refusals=1)

    officer = Visitor(browser, demo, language="zh-hans")
    officer.sign_in("officer")
    officer.goto(f"/cohort/companies/?q={company}")
    expect(officer.page.get_by_text(company).first).to_be_visible()
    readiness = re.search(r"(\d+\.\d)\s*/\s*100", score)
    assert readiness is not None
    expect(officer.page.get_by_text(readiness.group(1)).first).to_be_visible()
    officer.close()


def test_dashboard_shows_435_companies(demo: Demo, browser: Browser) -> None:
    officer = Visitor(browser, demo)
    officer.sign_in("officer")
    officer.goto("/cohort/")

    expect(officer.page.locator("main").get_by_text("435").first).to_be_visible()
    expect(officer.page.locator("svg").first).to_be_visible()
    officer.close()


def test_answers_given_without_scripts_are_kept(demo: Demo, browser: Browser) -> None:
    """A colleague with scripts switched off: plain forms do the same."""
    context = browser.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    account = demo.accounts["member"]
    page.goto(f"{demo.address}/accounts/login/")
    page.fill("#id_login", account["email"])
    page.fill("#id_password", account["password"])
    page.press("#id_password", "Enter")
    home = page.url
    page.goto(f"{home}sections/S8/")
    chosen = page.locator("#b51 .lz-level input").nth(3)
    chosen.check(force=True)
    page.locator("button[form=section-form]").click()
    page.goto(f"{home}sections/S8/")

    expect(page.locator("#b51 .lz-level input").nth(3)).to_be_checked()
    context.close()
