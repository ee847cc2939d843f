"""Files that people leave with: the briefing from draft to approval, the report on a result, the plan."""

from __future__ import annotations

import io
import re
from pathlib import Path

import docx
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.e2e.conftest import Demo, Visitor
from tests.e2e.judging import FORMS, faults_of

MADE_MS = 60_000


def fetched(page: Page, link: str) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("link", name=link).click()
    return Path(download.value.path()).read_bytes()


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_officer_edits_and_approves_the_briefing(demo: Demo, browser: Browser) -> None:
    officer = Visitor(browser, demo)
    officer.sign_in("officer")
    officer.goto("/cohort/briefings/")
    page = officer.page
    page.locator("tbody tr", has_text="Liuzhou").first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("of 435 submitted")

    submitted = page.locator(".lz-sum a").first
    number = submitted.inner_text()
    submitted.click()
    expect(page.get_by_text(re.compile(rf" {number} companies, as of"))).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Edit the text").click()
    page.get_by_label("Title").nth(1).fill("Verification is the bottleneck")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Verification is the bottleneck")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text(re.compile("^Monthly briefing .* Approved by"))).to_be_visible()
    expect(page.get_by_role("link", name="Edit the text")).to_have_count(0)

    text = text_of(fetched(page, "PDF"))
    assert "Verification is the bottleneck" in re.sub(r"\s+", " ", text)
    assert number in text
    paper = docx.Document(io.BytesIO(fetched(page, "Word file")))
    words = [line.text for line in paper.paragraphs]
    words += [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    assert "Verification is the bottleneck" in words
    assert any(number in line for line in words)
    officer.close()


def test_owner_saves_a_plan_and_fetches_the_report(demo: Demo, browser: Browser) -> None:
    owner = Visitor(browser, demo)
    owner.sign_in("owner")
    page = owner.page
    result = page.locator("main a[href*='/result/']").last.get_attribute("href") or ""
    owner.goto(result)
    score = page.locator(".lz-score").nth(1).inner_text().split("/")[0].strip()

    page.get_by_role("button", name="Save as our plan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your plan")
    page.get_by_label("Who does it").first.fill("Wei Lin")
    page.get_by_role("button", name="Save the plan").click()
    expect(page.get_by_label("Who does it").first).to_have_value("Wei Lin")

    for width, theme, language in FORMS:
        reader = Visitor(
            browser,
            demo,
            width=width,
            theme=theme,
            language=language,
            session=owner.context.storage_state(),
        )
        reader.goto(page.url)
        assert reader.page.locator("table td.num").count() >= 4
        assert faults_of(reader.page, language) == []
        reader.close()

    owner.goto(result)
    page.get_by_role("button", name="PDF report").click()
    expect(page.get_by_role("link", name="Download")).to_be_visible(timeout=MADE_MS)
    text = text_of(fetched(page, "Download"))
    assert score in text
    assert "Wei Lin" in text
    owner.close()
