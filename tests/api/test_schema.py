"""The OpenAPI description: complete, and what is really answered."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from assessments.models import Assessment, ScoreRun
from benchmarks.models import Release
from jobs.work import enqueue
from tests.api.conftest import Caller
from tests.api.facts import operations

# A time that is not in UTC.
LOCAL_TIME = re.compile(r"\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]")
# Names of members that need no word.
EVIDENT = {
    *("id", "code", "name", "name_en", "name_zh", "credit_code"),
    *("programme", "company", "round", "round_code", "assessment"),
    *("year", "employees", "park", "legal_form", "main_products", "exports"),
}
PROBLEMS = {"401", "403", "405", "406", "429", "500"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    client = Client(headers={"Accept": "application/json"})
    schema: dict[str, Any] = client.get("/api/schema/").json()
    return schema


def test_schema_is_valid_and_free_of_warnings(tmp_path: Any) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yaml"))


def test_schema_is_open_api_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_every_operation_names_its_scope_and_problems(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        assert operation["summary"], path
        assert operation["security"][0]["key"], path
        assert set(operation["responses"]) >= PROBLEMS - ({"406"} if "/exports/" in path else set()), path
        assert ("404" in operation["responses"]) == ("{" in path or method != "get"), path
        assert ("413" in operation["responses"]) == (method != "get"), path
        assert "400" in operation["responses"], path
        assert any(status.startswith("2") for status in operation["responses"]), path
        for media_type in operation.get("requestBody", {}).get("content", {}).values():
            assert media_type["examples"], path


def test_every_problem_has_an_example(document: dict[str, Any]) -> None:
    validator = validator_for(document, {"$ref": "#/components/schemas/Problem"})
    for response in document["components"]["responses"].values():
        for example in response["content"]["application/problem+json"]["examples"].values():
            validator.validate(example["value"])


def test_every_member_of_an_answer_is_described(document: dict[str, Any]) -> None:
    """By words, by a title, or by the shape that it refers to; but for names that say all there is to say."""
    told = {"description", "title", "$ref", "allOf", "oneOf", "anyOf"}
    untold = [
        f"{shape}.{name}"
        for shape, described in document["components"]["schemas"].items()
        for name, member in described.get("properties", {}).items()
        if not told & (set(member) | set(member.get("items", {})))
        and name not in EVIDENT
        and not name.endswith(("_at", "_on"))
    ]
    assert untold == []


def test_every_operation_shows_an_answer(document: dict[str, Any]) -> None:
    """Or each row of its answer; all examples are of the shape that is described."""
    for path, method, operation in operations(document):
        for status, answer in operation["responses"].items():
            content = answer.get("content", {}).get("application/json")
            if not status.startswith("2") or content is None:
                continue
            name = re.search(r"#/components/schemas/(?:Paginated(\w+)List|(\w+))", content["schema"]["$ref"])
            assert name is not None
            described = document["components"]["schemas"][name[1] or name[2]]
            assert described["examples"], f"{method} {path}"
            validator = validator_for(document, described)
            for example in described["examples"]:
                validator.validate(example)


def test_description_is_in_english_for_every_browser(client: Client, document: dict[str, Any]) -> None:
    headers = {"Accept": "application/json", "Accept-Language": "zh-hans"}
    assert client.get("/api/schema/", headers=headers).json() == document


def validator_for(document: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(
        {**schema, "components": document["components"]}, format_checker=FormatChecker()
    )


def test_what_is_answered_matches_the_schema(
    document: dict[str, Any], caller: Caller, scored: Assessment, release: Release
) -> None:
    enqueue("score-submission", key="test", parameters={}, by=caller.key.user)
    for path, method, operation in operations(document):
        content = operation["responses"].get("200", {}).get("content", {}).get("application/json")
        if method != "get" or content is None:
            continue  # files are compared with each other in their own tests
        schema = content["schema"]
        listed = caller.get(path.split("{")[0]).json()
        if "{" not in path:
            validator_for(document, schema).validate(listed)
        for row in listed["results"][:1] if "{" in path else []:
            single = caller.get(path.format(**row)).json()
            validator_for(document, schema).validate(single)
            assert not LOCAL_TIME.search(json.dumps([listed, single])), path
    assert ScoreRun.objects.exists()


def test_examples_of_the_preview_are_right(
    document: dict[str, Any], caller: Caller, release: Release
) -> None:
    for path in ("/api/v1/preview/", "/api/v1/preview/batch/"):
        content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        for example in content["examples"].values():
            response = caller.post(path, example["value"])
            assert response.status_code == 200, response.content
