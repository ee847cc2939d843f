"""Compare pictures of the pages of two running demonstrations with the same data: before and after a change.

    make demo PORT=8100                        # the version before, in its own checkout
    make demo PORT=8101                        # the version after, on a copy of the same var/demo
    python docs/screenshots/compare.py --before http://127.0.0.1:8100 --after http://127.0.0.1:8101 \\
        --accounts var/demo/demo-accounts.json --folder build/pictures

Takes each page from both, whole, on a desk in English and on a phone in Chinese, and prints one line for each picture:
the same, or the share of pixels that differ and the rectangle in which they lie. Pictures that differ are kept, with a
third that shows where. Ends with 1 where any differs.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
from docs.screenshots.take import ARGUMENTS, sign_in

FORMS = [
    ("1440", "light", "en"),
    ("360", "light", "zh-hans"),
    ("1440", "dark", "zh-hans"),
    ("360", "dark", "en"),
]
# Differences of less than this in a channel are the rounding of two renderings of the same thing.
LEAST_DIFFERENCE = 8
# What tells the time of day differs between two pictures of the same page.
MOVING = "time, [data-moment], [data-relative]"


@dataclass(frozen=True, slots=True)
class PageVisit:
    """A page by name, the role that opens it, and its path."""

    name: str
    role: str
    path: str


def list_visits(browser: Browser, site: str, accounts: dict[str, tuple[str, str]]) -> Iterator[PageVisit]:
    """List the pages to compare, with the addresses that this demonstration gives them."""
    yield PageVisit("help", "", "/help/")
    yield PageVisit("reset", "", "/accounts/password/reset/")
    yield PageVisit("api", "", "/api/docs/")
    page = sign_in(browser, site, accounts["owner"], FORMS[0])
    page.goto(f"{site}/")
    home = page.url.removeprefix(site)
    result = page.locator("main a[href*='/result/']").last.get_attribute("href") or ""
    for name, path in {
        "home": home,
        "questions": f"{home}questions/",
        "section": f"{home}sections/S2/",
        "scenarios": f"{home}sections/S5/",
        "check": f"{home}check/",
        "profile": f"{home}profile/",
        "colleagues": f"{home}colleagues/",
        "messages": f"{home}messages/",
        "result": result,
        "way-up": result.replace("/result/", "/way-up/"),
        "account": "/account/",
    }.items():
        yield PageVisit(name, "owner", path)
    page.context.close()
    page = sign_in(browser, site, accounts["officer"], FORMS[0])
    page.goto(f"{site}/cohort/companies/?stage=verified")
    company = _find(page, r"/cohort/companies/[0-9a-f-]{36}/")
    page.goto(f"{site}/cohort/briefings/")
    briefing = _find(page, r"/cohort/briefings/[0-9a-f-]{36}/")
    for name, path in {
        "overview": "/cohort/",
        "differences": "/cohort/differences/",
        "companies": "/cohort/companies/",
        "company": company,
        "company-profile": f"{company}profile/",
        "desk": "/cohort/desk/",
        "flags": "/cohort/flags/",
        "batches": "/cohort/batches/",
        "costs": "/cohort/costs/",
        "files": "/cohort/files/",
        "briefing": briefing,
        "programme": "/cohort/programme/",
        "questionnaires": "/cohort/questionnaires/",
        "model": "/model/",
        "facilities": "/model/facilities/",
    }.items():
        yield PageVisit(name, "officer", path)
    page.context.close()


def _find(page: Page, pattern: str) -> str:
    found = re.search(pattern, page.content())
    if found is None:
        raise SystemExit(f"{page.url} has no link of the form {pattern}")
    return found.group()


def take_picture(page: Page, address: str) -> Image.Image:
    """Take one page whole, with what moves by the clock hidden but in its place."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.evaluate(
        "selector => document.querySelectorAll(selector).forEach(found => { found.style.visibility = 'hidden' })",
        MOVING,
    )
    return Image.open(io.BytesIO(page.screenshot(full_page=True, animations="disabled"))).convert("RGB")


def describe_difference(before: Image.Image, after: Image.Image) -> tuple[str, Image.Image | None]:
    """Say how two pictures differ, and draw where; an empty text where they do not."""
    if before.size != after.size:
        return f"size {before.size[0]} x {before.size[1]}, then {after.size[0]} x {after.size[1]}", None
    difference = ImageChops.difference(before, after).convert("L").point(_keep_visible)
    box = difference.getbbox()
    if box is None:
        return "", None
    share = sum(difference.histogram()[1:]) / (before.size[0] * before.size[1])
    return f"{share:.3%} of the pixels, within {box}", difference


def _keep_visible(value: int) -> int:
    return 255 if value >= LEAST_DIFFERENCE else 0


def main() -> int:
    """Take all pages of both, compare, print, keep what differs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--before", required=True)
    parser.add_argument("--after", required=True)
    parser.add_argument("--accounts", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--forms", type=int, default=2, help="how many of the four forms")
    options = parser.parse_args()
    rows = json.loads(options.accounts.read_text(encoding="utf-8"))
    accounts = {row["role"]: (row["email"], row["password"]) for row in rows}
    options.folder.mkdir(parents=True, exist_ok=True)
    same, different = 0, 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        visits = list(list_visits(browser, options.before, accounts))
        for form in FORMS[: options.forms]:
            for role in ("", "owner", "officer"):
                account = accounts[role] if role else None
                pages = [sign_in(browser, site, account, form) for site in (options.before, options.after)]
                for visit in (found for found in visits if found.role == role):
                    name = f"{visit.name}-{form[0]}-{form[1]}-{form[2][:2]}"
                    before = take_picture(pages[0], f"{options.before}{visit.path}")
                    after = take_picture(pages[1], f"{options.after}{visit.path}")
                    text, drawn = describe_difference(before, after)
                    print(f"{name}: {text or 'the same'}", flush=True)  # noqa: T201
                    if not text:
                        same += 1
                        continue
                    different += 1
                    before.save(options.folder / f"{name}-before.png")
                    after.save(options.folder / f"{name}-after.png")
                    if drawn is not None:
                        drawn.save(options.folder / f"{name}-where.png")
                for page in pages:
                    page.context.close()
        browser.close()
    print(f"{same} the same, {different} different")  # noqa: T201
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
