"""The guides: each role has one, and the pages that point to a guide find it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

ROOT = Path(__file__).resolve().parents[2]
POINTERS = {
    anchor
    for folder in ("platform", "assessments", "benchmarks")
    for path in (ROOT / folder).rglob("*.html")
    for anchor in re.findall(r'{% url "help" %}#([a-z_]+)', path.read_text(encoding="utf-8"))
}
ROLES = {
    "owner", "member", "provider", "county", "assessor", "officer", "steward", "administrator", "auditor", "api"
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("en", "For county reviewers"), ("zh-hans", "县区审核员")])
def test_every_role_and_every_pointer_has_its_guide(client: Client, language: str, words: str) -> None:
    page = client.get("/help/", headers={"Accept-Language": language}).content.decode()

    anchors = set(re.findall(r'<section class="mb-4" id="([a-z]+)"', page))
    assert words in page
    assert {"evidence", "messages", "files"} <= POINTERS
    assert anchors >= ROLES | POINTERS
