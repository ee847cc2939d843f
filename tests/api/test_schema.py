"""The OpenAPI description: complete, and what is really answered."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import pytest
import schemathesis
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator, FormatChecker
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import positive_data_acceptance

from accounts.authentication import KeyThrottle
from accounts.models import ApiKey
from accounts.roles import Role
from assessments.models import Assessment, ScoreRun
from benchmarks.models import Release
from companies.models import Programme
from jobs.work import enqueue
from tests import factories
from tests.api.conftest import Caller, caller_for
from tests.test_strangers import BACKEND

ALL = list(HealthCheck)
PROBLEMS = {"401", "403", "405", "406", "429", "500"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    client = Client(headers={"Accept": "application/json"})
    schema: dict[str, Any] = client.get("/api/schema/").json()
    return schema


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method != "parameters"
    ]


def test_schema_is_valid_and_free_of_warnings(tmp_path: Any) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yaml"))


def test_schema_is_open_api_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_every_operation_names_its_scope_and_problems(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        assert operation["summary"], path
        assert operation["security"][0]["key"], path
        assert set(operation["responses"]) >= PROBLEMS, path
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
            validator_for(document, schema).validate(caller.get(path.format(id=row["id"])).json())
    assert ScoreRun.objects.exists()


def test_examples_of_the_preview_are_right(
    document: dict[str, Any], caller: Caller, release: Release
) -> None:
    for path in ("/api/v1/preview/", "/api/v1/preview/batch/"):
        content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        for example in content["examples"].values():
            response = caller.post(path, example["value"])
            assert response.status_code == 200, response.content


def without_cursors(document: dict[str, Any]) -> dict[str, Any]:
    copied = deepcopy(document)
    for _, _, operation in operations(copied):
        operation["parameters"] = [
            parameter
            for parameter in operation.get("parameters", [])
            if parameter["name"] not in {"cursor", "after"}
        ]
    return copied


@schemathesis.serializer("application/x-ndjson")
def as_lines(context: schemathesis.SerializationContext, value: Any) -> bytes:
    """Lines are sent as they were made up."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


@pytest.fixture
def described(
    document: dict[str, Any], connection_of_the_test: None, monkeypatch: pytest.MonkeyPatch
) -> list[APIOperation[Any, Any, Any, Any]]:
    """The operations of the schema, to be sent to the real handler.

    A good cursor or event is one that we gave, and answers must be those of the instrument; neither can be made up.
    """
    monkeypatch.setattr(KeyThrottle, "allow_request", lambda *_: True)
    schema = schemathesis.openapi.from_dict(without_cursors(document))
    schema.app = get_wsgi_application()
    found = list(schema.get_all_operations())
    return [each.ok() for each in found if isinstance(each, Ok) or pytest.fail(str(each))]


def send(
    operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, callers: list[Caller], examples: int
) -> None:
    """Send so many requests made up for the operation with each key, and let schemathesis check every answer."""
    excluded = [positive_data_acceptance] if operation.method != "get" else []

    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=ALL
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def with_each_key(case: Any) -> None:
        for caller in callers:
            headers = {"Authorization": f"Bearer {caller.text}"}
            case.call_and_validate(headers=headers, excluded_checks=excluded)

    with_each_key()


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_requests_made_up_from_the_schema_get_described_answers(
    described: list[APIOperation[Any, Any, Any, Any]],
    caller: Caller,
    scored: Assessment,
    mode: GenerationMode,
) -> None:
    """Good and bad requests alike: all checks of schemathesis on every operation."""
    for operation in described:
        send(operation, mode, [caller], examples=3)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_keys_of_one_scope_and_of_none_get_described_answers(
    described: list[APIOperation[Any, Any, Any, Any]],
    programme: Programme,
    scored: Assessment,
    mode: GenerationMode,
) -> None:
    """The same for each kind of key."""
    callers = [caller_for(programme, scope) for scope in ApiKey.Scope.values]
    without = caller_for(programme)
    ApiKey.objects.filter(pk=without.key.pk).update(scopes=[])
    for operation in described:
        send(operation, mode, [*callers, without], examples=1)


def test_signed_in_people_get_nothing_without_a_key(
    client: Client, document: dict[str, Any], scored: Assessment
) -> None:
    """The interface takes no session, so no page of another site can use one."""
    programme = scored.round.programme
    people = [
        *(factories.make_staff(programme, role) for role in (Role.OFFICER, Role.ADMINISTRATOR, Role.AUDITOR)),
        factories.make_member(scored.company, "Olga"),
    ]
    for person in people:
        client.force_login(person, backend=BACKEND)
        for path, method, _ in operations(document):
            response = getattr(client, method)(re.sub(r"\{\w+\}", str(scored.pk), path))
            assert (response.status_code, response.json()["code"]) == (401, "not-authenticated"), path
