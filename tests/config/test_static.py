"""Files that pages load: as published, and nothing from elsewhere."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.template.loader import get_template

STATIC = settings.BASE_DIR / "static"
VENDOR = STATIC / "vendor"
OWN_TEXT = sorted(
    path
    for suffix in ("css", "js", "svg")
    for path in STATIC.rglob(f"*.{suffix}")
    if VENDOR not in path.parents
)
FOLDERS = (
    settings.BASE_DIR / "platform",
    settings.BASE_DIR / "assessments",
    settings.BASE_DIR / "benchmarks",
)
TEMPLATES = sorted(path for folder in FOLDERS for path in folder.rglob("templates/**/*.html"))
# Mail programs read no style sheet, and these pages are made to be saved or sent on their own.
STAND_ALONE = ("/email/", "/documents/")
SITE_TEMPLATES = [path for path in TEMPLATES if not any(part in path.as_posix() for part in STAND_ALONE)]
NAMESPACES = re.compile(r"http://www\.w3\.org/(2000/svg|1999/xlink)")


def names(paths: list[Path]) -> list[str]:
    return [path.relative_to(settings.BASE_DIR).as_posix() for path in paths]


def test_vendor_files_are_as_published() -> None:
    listed = {}
    for line in (VENDOR / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split(maxsplit=1)
        listed[name.removeprefix("./")] = digest
    present = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.parent != VENDOR
    }

    assert present == listed


def test_every_vendor_folder_has_its_licence() -> None:
    folders = [path for path in VENDOR.iterdir() if path.is_dir()]

    assert folders
    assert all((folder / "LICENSE").exists() for folder in folders)


@pytest.mark.parametrize("path", OWN_TEXT, ids=names(OWN_TEXT))
def test_own_files_name_no_other_host(path: Path) -> None:
    text = NAMESPACES.sub("", path.read_text(encoding="utf-8"))

    assert not re.search(r"https?://|url\(\s*[\"']?//", text)


@pytest.mark.parametrize("path", SITE_TEMPLATES, ids=names(SITE_TEMPLATES))
def test_templates_keep_to_the_content_security_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert not re.search(r"<[^>]*\sstyle\s*=", text), "a style attribute is refused by the policy"
    assert not re.search(r"<style\b", text), "an inline style sheet is refused by the policy"
    assert not re.search(r"<[^>]*\son\w+\s*=", text), "an inline handler is refused by the policy"
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "an inline script is refused by the policy"
    assert "javascript:" not in text
    assert not re.search(r"(src|href)=\"(https?:)?//", text), "a page loads nothing from elsewhere"


@pytest.mark.parametrize("path", TEMPLATES, ids=names(TEMPLATES))
def test_templates_can_be_read(path: Path) -> None:
    relative = path.as_posix().rsplit("/templates/", 1)[1]

    assert get_template(relative)


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = (VENDOR / "tabler-icons-3.51.0" / "icons.svg").read_text()
    there = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    named = {
        name
        for path in TEMPLATES
        for name in re.findall(r'{% icon "([^"]+)"', path.read_text(encoding="utf-8"))
    }

    assert named
    assert named <= there


def test_icon_is_hidden_from_screen_readers() -> None:
    html = Template('{% icon "check" "text-primary" %}').render(Context())

    assert 'aria-hidden="true"' in html
    assert "icons.svg#check" in html


def test_collected_files_can_be_served_by_another_user(tmp_path: Path) -> None:
    """An image is built by root and run by somebody else; the modes of uploads are not for these files."""
    environment = {
        **os.environ,
        "VAR_DIR": str(tmp_path / "var"),
        "STATIC_ROOT": str(tmp_path / "static"),
        "DEMO": "true",
    }
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=True)
    for path in (tmp_path / "static").rglob("*"):
        wanted = 0o755 if path.is_dir() else 0o644
        assert path.stat().st_mode & 0o777 == wanted, path
