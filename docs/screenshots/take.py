"""Take pictures of the main pages of a running demonstration.

    make demo                                  # in one shell
    make screenshots                           # in another; PORT as given to make demo

With `--all` every page in both themes, both languages and four widths goes to a folder of its choice, to be looked at.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
ARGUMENTS += ["--disable-component-update", "--disable-sync"]
FEW = [("1440", "light", "en"), ("360", "light", "zh-hans")]
# What the documents show; the landing page of a demonstration would show its passwords.
SHOWN = ("home", "section", "result", "way-up", "overview", "companies", "company", "desk", "model")
# Companies work on phones; the bureau has desks.
ON_A_PHONE = ("home", "section", "result", "way-up")
# The bar that stays at the foot of the window would stand in the middle of a picture of the whole page.
ONE_SCREEN = ("section", "scenarios")
COLOURS = 256
ALL = [(w, t, lang) for w in ("360", "768", "1440") for t in ("light", "dark") for lang in ("en", "zh-hans")]


def find_addresses(page: Page, site: str, role: str) -> dict[str, str]:
    """Return names and addresses of the pages that a role starts from, found by following links."""
    if role == "":
        return {"landing": f"{site}/"}
    page.goto(f"{site}/")
    if role == "officer":
        page.goto(f"{site}/cohort/companies/?stage=verified")
        company = re.search(r"/cohort/companies/[0-9a-f-]{36}/", page.content())
        if company is None:
            raise SystemExit("The list of companies names no verified company.")
        return {
            "overview": f"{site}/cohort/",
            "companies": f"{site}/cohort/companies/",
            "company": f"{site}{company.group()}",
            "desk": f"{site}/cohort/desk/",
            "model": f"{site}/model/",
        }
    home = page.url
    # The round before: the present one has no result yet.
    result = page.locator("main a[href*='/result/']").last.get_attribute("href") or ""
    return {
        "home": home,
        "section": f"{home}sections/S2/",
        "scenarios": f"{home}sections/S5/",
        "check": f"{home}check/",
        "result": f"{site}{result}",
        "way-up": f"{site}{result.replace('/result/', '/way-up/')}",
    }


def sign_in(browser: Browser, site: str, account: tuple[str, str] | None, form: tuple[str, str, str]) -> Page:
    """Return a page of the given width, theme and language, signed in."""
    width, theme, language = form
    page = browser.new_context(
        viewport={"width": int(width), "height": 900},
        color_scheme="light",
        locale=language,
        reduced_motion="reduce",
    ).new_page()
    page.context.add_cookies([{"name": "django_language", "value": language, "url": site}])
    page.add_init_script(f"localStorage.setItem('lz-theme', '{theme}')")
    if account is not None:
        page.goto(f"{site}/accounts/login/")
        page.fill("#id_login", account[0])
        page.fill("#id_password", account[1])
        page.press("#id_password", "Enter")
        page.wait_for_url(lambda url: "login" not in url)
    return page


def main() -> None:
    """Sign in per role, visit, take."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--site", default="http://127.0.0.1:8000")
    parser.add_argument("--accounts", type=Path, default=ROOT / "var/demo/demo-accounts.json")
    parser.add_argument("--folder", type=Path, default=HERE)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    known = {entry["role"]: entry for entry in json.loads(options.accounts.read_text(encoding="utf-8"))}
    options.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        for form in ALL if options.all else FEW:
            for role in ("", "owner", "officer"):
                account = (known[role]["email"], known[role]["password"]) if role else None
                page = sign_in(browser, options.site, account, form)
                for name, address in find_addresses(page, options.site, role).items():
                    wanted = ON_A_PHONE if form[0] == "360" else SHOWN
                    if (options.only and options.only != name) or not (options.all or name in wanted):
                        continue
                    page.goto(address)
                    page.wait_for_load_state("networkidle")
                    width, theme, language = form
                    file = options.folder / f"{name}-{width}-{theme}-{language[:2]}.png"
                    # On a phone the first screen says what a page is; the whole would be a strip.
                    whole = name not in ONE_SCREEN and (options.all or form[0] != "360")
                    page.screenshot(path=file, full_page=whole)
                    # A page has few colours; a third of the bytes shows them all.
                    with Image.open(file) as picture:
                        picture.convert("RGB").quantize(COLOURS).save(file, optimize=True)
                page.context.close()
        browser.close()


if __name__ == "__main__":
    main()
