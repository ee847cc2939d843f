"""The page of reference says all that the description says, in the frame of the site."""

from __future__ import annotations

import html
import json
import re

import pytest
from django.test import Client

from config.api.reference import Reader, build_reference
from config.templatetags.reference import prose
from tests.markup import in_one_line

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def page(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> str:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        return in_one_line(Client().get("/api/docs/", headers={"accept-language": "en"}).content.decode())


def described() -> dict[str, object]:
    answer = Client().get("/api/schema/", headers={"accept": "application/vnd.oai.openapi+json"})
    found: dict[str, object] = json.loads(answer.content)
    return found


def test_every_operation_stands_with_its_scope_parameters_and_answers(page: str) -> None:
    paths = described()["paths"]
    assert isinstance(paths, dict)
    assert len(paths) > 30

    for path, methods in paths.items():
        for method, operation in methods.items():
            start = page.index(f'id="{operation["operationId"]}"')
            part = html.unescape(page[start : page.index("</details>", start)])
            assert f'>{method.upper()}</span> <code class="text-break">{path}</code>' in part
            for wanted in [
                operation["summary"],
                *(f"<code>{each['name']}</code>" for each in operation.get("parameters", [])),
                *(f"<strong>{status}</strong>" for status in operation["responses"]),
                *(
                    f"<code>{name}</code>: "
                    for answer in operation["responses"].values()
                    for name in answer.get("headers", {})
                    if not name.startswith("RateLimit")
                ),
                *(f"Scope: <code>{scope}</code>" for scope in operation["security"][0]["key"]),
            ]:
                assert wanted in part, (path, method, wanted)


def test_code_is_marked_everywhere_but_in_examples(page: str) -> None:
    assert "`" not in re.sub(r"<pre.*?</pre>", "", page, flags=re.DOTALL)


def test_every_link_inside_the_page_leads_somewhere(page: str) -> None:
    links = set(re.findall('href="#([^"]+)"', page))
    places = re.findall(' id="([^"]+)"', page)

    assert len(links) > 80
    assert links <= set(places)
    assert len(places) == len(set(places))


def test_page_has_the_frame_of_the_site_in_the_language_of_the_reader() -> None:
    client = Client()
    client.cookies["django_language"] = "zh-hans"

    page = in_one_line(client.get("/api/docs/").content.decode())

    assert '<html lang="zh-hans"' in page
    assert "<h1>编程接口</h1>" in page
    assert 'href="/"' in page
    # Descriptions stay in English, and are marked so.
    assert '<span class="text-secondary" lang="en">Submit answers</span>' in page


def test_example_of_what_is_sent_is_the_one_of_the_description() -> None:
    [submit] = [
        each for each in build_reference().groups["submissions"] if each.anchor == "submissions_create"
    ]

    assert submit.body is not None
    assert json.loads(submit.body.example)["credit_code"] == "91450200TE5T00001X"
    assert submit.command.splitlines()[-1].strip() == '"$SITE/api/v1/submissions/"'
    assert "-X POST" in submit.command


def test_command_names_the_head_that_is_required() -> None:
    [change] = [
        each for each in build_reference().groups["companies"] if each.anchor == "companies_partial_update"
    ]

    assert '-H "If-Match: $VALUE"' in change.command
    assert change.command.endswith('"$SITE/api/v1/companies/$ID/"')


@pytest.mark.parametrize(
    ("found", "words", "values"),
    [
        ({"type": "string", "format": "uuid"}, "uuid", ()),
        ({"type": ["string", "null"], "format": "date"}, "date or null", ()),
        ({"type": "integer", "minimum": 1, "maximum": 1000}, "integer (1 to 1000)", ()),
        ({"type": "string", "maxLength": 18, "minLength": 1}, "string (1 to 18 characters)", ()),
        ({"type": "string", "maxLength": 80}, "string (up to 80 characters)", ()),
        ({"type": "array", "items": {"type": "integer"}}, "list of integer", ()),
        ({"enum": ["T0", None]}, "one of", ('"T0"', "null")),
        ({}, "anything", ()),
    ],
)
def test_kind_of_a_value_is_said_in_words(
    found: dict[str, object], words: str, values: tuple[str, ...]
) -> None:
    kind = Reader({"paths": {}, "components": {"schemas": {}}}).read_type(found)

    assert (kind.words, kind.values) == (words, values)


def test_prose_marks_code_and_lists_and_escapes_the_rest() -> None:
    assert prose("A `b<c`\nand <i>.\n\n* `x` - one\n* two") == (
        '<p class="mb-2">A <code>b&lt;c</code> and &lt;i&gt;.</p>'
        '<ul class="mb-2"><li><code>x</code> - one</li><li>two</li></ul>'
    )
