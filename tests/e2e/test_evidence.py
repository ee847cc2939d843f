"""Evidence in the browser: sent, seen, taken away and brought back, and what is refused says why."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, FilePayload, expect

from tests.assessments.files import PDF, photograph
from tests.e2e.conftest import Demo, Visitor

PHOTO = photograph(size=(640, 480))
ITEM = "#B3"
# The demonstration has files of its own.
OURS = re.compile("press|acceptance")


def file(name: str, kind: str, content: bytes) -> FilePayload:
    """A file as a person chooses it."""
    return {"name": name, "mimeType": kind, "buffer": content}


def test_files_are_sent_shown_removed_and_brought_back(demo: Demo, browser: Browser) -> None:
    manager = Visitor(browser, demo, width=360)
    manager.sign_in("owner")
    page, home = manager.page, manager.page.url
    manager.goto(f"{home}sections/S2/")
    box = page.locator(f"{ITEM} .lz-evidence")
    box.locator("summary").click()

    box.locator("input[type=file]").set_input_files(
        [file("press.jpg", "image/jpeg", PHOTO), file("acceptance.pdf", "application/pdf", PDF)]
    )
    expect(box.get_by_role("link", name=OURS)).to_have_count(2)
    expect(box.locator("[data-evidence-queue] li")).to_have_count(0)
    expect(box.locator("[data-evidence-count]")).to_have_text(re.compile(r"\(\d\)"))
    small = box.locator("li", has=page.get_by_role("link", name="press.jpg")).locator("img.lz-thumb")
    assert (
        small.evaluate(
            "image => image.decode().then(() => Math.max(image.naturalWidth, image.naturalHeight))"
        )
        == 160
    )

    box.get_by_role("link", name="press.jpg").click()
    viewer = page.get_by_role("dialog", name="press.jpg")
    # Pictures are stored upright: this one lay on its side.
    assert viewer.locator("img").evaluate("image => image.decode().then(() => image.naturalHeight)") == 640
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    expect(box.get_by_role("link", name="press.jpg")).to_be_focused()

    box.get_by_role("button", name="Remove press.jpg").click()
    expect(box.get_by_role("link", name="press.jpg")).to_have_count(0)
    expect(box.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(box.get_by_role("link", name="press.jpg")).to_be_visible()

    colleague = Visitor(browser, demo)
    colleague.sign_in("member")
    colleague.goto(f"{home}sections/S2/")
    theirs = colleague.page.locator(f"{ITEM} .lz-evidence")
    expect(theirs.get_by_role("link", name=OURS)).to_have_count(2)
    theirs.get_by_role("button", name="Remove acceptance.pdf").click()
    expect(theirs.get_by_role("link", name="acceptance.pdf")).to_have_count(0)
    colleague.close()
    page.reload()
    expect(box.get_by_role("link", name=OURS)).to_have_count(1)
    manager.close()


def test_file_that_is_refused_or_has_no_network_stays_with_its_reason(demo: Demo, browser: Browser) -> None:
    manager = Visitor(browser, demo)
    manager.sign_in("owner")
    page = manager.page
    manager.goto(f"{page.url}sections/S2/")
    box = page.locator("#B2 .lz-evidence")
    box.locator("summary").click()
    chooser = box.locator("input[type=file]")
    waiting = box.locator("[data-evidence-queue] li")

    chooser.set_input_files([file("notes.pdf", "application/pdf", b"no PDF at all")])
    expect(waiting).to_contain_text("This is no PDF")
    waiting.get_by_role("button", name="Leave out notes.pdf").click()
    expect(waiting).to_have_count(0)

    manager.context.set_offline(True)
    chooser.set_input_files([file("press.jpg", "image/jpeg", PHOTO)])
    expect(waiting).to_contain_text("No connection")
    manager.context.set_offline(False)
    expect(box.get_by_role("link", name="press.jpg")).to_be_visible()
    box.get_by_role("button", name="Remove press.jpg").click()
    expect(box.get_by_role("link", name="press.jpg")).to_have_count(0)
    manager.faults = [fault for fault in manager.faults if not re.search("DISCONNECTED|status of 415", fault)]
    manager.close()
