"""Both languages are whole: every page that links reach is walked as each role, in Chinese and in English.

A Chinese page holds no English word but names and codes; an English page holds no Chinese but names of
companies and people. Catalogues that lack a translation are found by `messages --check`; this finds what never
came to a catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from accounts.models import NoticeKind, User
from accounts.notices import notify
from accounts.roles import Role
from assessments.models import Assessment
from companies.models import Area, City, KeyIndustry, Programme, Sector
from tests import factories

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# Words of at least three letters, of which not all are capitals: abbreviations such as MES are the same in both.
ENGLISH = re.compile(r"[A-Za-z]*[a-z][A-Za-z]*[a-z][A-Za-z]*")
HAN = re.compile(r"[\u4e00-\u9fff]+")
# The number under which the ministry published its rule.
NOTICE_NUMBER = "工信厅企业〔2024〕56号"
# The one under which the city published its conditions of acceptance.
CITY_NOTICE_NUMBER = "柳数转办发〔2025〕5号"
# Addresses, codes of the interface, and what a machine is called.
NO_WORDS = re.compile(r"\S+@\S+|https?://\S+|/\S+|\S*[_:]\S*|sha256|[0-9a-f-]{8,}|\w+\.\w[\w.]*")
# Names, which have no translation.
NAMES = {
    "Webhook", "Webhooks", "Excel", "Parquet", "Bearer", "GitHub", "English", "Liuzhou", "wecom", "km",
    "iPhone", "Android", "OpenAPI", "Kolmogorov", "Smirnov", "Wilson", "Cohen", "Spearman", "kappa",
    "liuzhou", "guilin", "WebP", "setup", "python", "numpy", "scipy", "scikit", "learn",
}  # fmt: skip
QUIET = {"script", "style", "code", "pre", "title", "textarea", "svg", "template", "head"}
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
SPOKEN = ("aria-label", "placeholder", "alt", "title")
START, MOST = "/", 60


class Page(HTMLParser):
    """What a reader sees or hears of a page, and where it leads; parts in another language are left out."""

    def __init__(self, content: str, language: str) -> None:
        super().__init__(convert_charrefs=True)
        self.language, self.html_language = language, ""
        self.texts: list[str] = []
        self.links: list[str] = []
        self.stack: list[tuple[str, bool]] = []
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.html_language = values.get("lang", "")
        is_foreign = tag != "html" and values.get("lang", self.language) != self.language
        quiet = tag in QUIET or is_foreign or "translate" in values or bool(self.stack and self.stack[-1][1])
        if not quiet:
            self.texts += [values[name] for name in SPOKEN if values.get(name)]
        if tag == "a" and values.get("href") and "download" not in values:
            self.links.append(values["href"])
        if tag not in VOID:
            self.stack.append((tag, quiet))

    def handle_endtag(self, tag: str) -> None:
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not (self.stack and self.stack[-1][1]):
            self.texts.append(data.strip())


def walk(client: Client, language: str) -> Iterator[tuple[str, Page]]:
    """Every kind of page that links reach from the start, once each."""
    waiting = [START]
    seen: set[str] = set()
    while waiting and len(seen) < MOST:
        address = waiting.pop(0)
        try:
            kind = resolve(urlsplit(address).path).view_name
        except Resolver404:
            continue
        if kind in seen or kind in {"account_logout", "api:docs", "api:schema"}:
            continue
        seen.add(kind)
        response = client.get(address, follow=True)
        if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
            continue
        page = Page(response.content.decode(), language)
        here = response.request["PATH_INFO"]
        yield address, page
        links = (urldefrag(urljoin(here, link)).url for link in page.links)
        waiting += [link for link in links if link.startswith("/") and not link.startswith("//")]


@pytest.fixture
def named(programme: Programme) -> None:
    """The test's places have names in both languages, as real ones have."""
    Programme.objects.update(name_en="Pilot", name_zh="试点")
    City.objects.update(name_en="Liuzhou", name_zh="柳州")
    for model in (Sector, KeyIndustry):
        for number, row in enumerate(model.objects.all()):
            row.name_en, row.name_zh = f"Sector {number}", f"行业{number}"
            row.save()
    Area.objects.filter(name_en="").update(name_en="Area")


@pytest.fixture
def people(scored: Assessment, programme: Programme, owner: User, named: None) -> dict[str, User]:
    people = {"owner": owner, "visitor": owner}
    for role in (Role.OFFICER, Role.ADMINISTRATOR, Role.STEWARD, Role.AUDITOR):
        people[role.value] = factories.make_staff(programme, role)
    for person in User.objects.all():
        person.name = "韦建平"
        person.save()
        notify(user=person, kind=NoticeKind.ACCEPTED, link="/", company=scored.company, round="T0")
    return people


@pytest.mark.parametrize("role", ["visitor", "owner", "officer", "administrator"])
def test_chinese_pages_hold_no_english_words(people: dict[str, User], role: str) -> None:
    client = Client(headers={"accept-language": "zh-hans"})
    client.cookies["django_language"] = "zh-hans"
    if role != "visitor":
        client.force_login(people[role], backend=BACKEND)
    found, pages = [], 0
    for address, page in walk(client, "zh-hans"):
        pages += 1
        if page.html_language != "zh-hans":
            found.append(f"{address}: lang is {page.html_language!r}")
        for text in page.texts:
            words = [
                word
                for word in ENGLISH.findall(NO_WORDS.sub(" ", text))
                if word not in NAMES and len(word) > 2
            ]
            if words:
                found.append(f"{address}: {words}: {text[:90]}")

    assert pages >= (2 if role == "visitor" else 8)
    assert not found, "\n".join(sorted(set(found)))


@pytest.mark.parametrize("role", ["owner", "officer"])
def test_english_pages_hold_no_chinese_but_names(
    people: dict[str, User], scored: Assessment, role: str
) -> None:
    client = Client(headers={"accept-language": "en"})
    client.cookies["django_language"] = "en"
    if role != "visitor":
        client.force_login(people[role], backend=BACKEND)
    names = ("韦建平", "平", scored.company.name, "测试零部件有限公司", NOTICE_NUMBER, CITY_NOTICE_NUMBER)
    found, pages = [], 0
    for address, page in walk(client, "en"):
        pages += 1
        if page.html_language != "en":
            found.append(f"{address}: lang is {page.html_language!r}")
        for text in page.texts:
            rest = text
            for name in names:
                rest = rest.replace(name, "")
            if HAN.search(rest):
                found.append(f"{address}: {text[:90]}")

    assert pages >= (2 if role == "visitor" else 8)
    assert not found, "\n".join(sorted(set(found)))
