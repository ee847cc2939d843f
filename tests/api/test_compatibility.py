"""Programs written for the last release go on working: the description is compared with that release's."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.api.compatibility import breaking_changes

RELEASED = sorted(
    (Path(__file__).resolve().parents[2] / "docs" / "api").glob("v1-*.json"),
    key=lambda path: [int(number) for number in path.stem.removeprefix("v1-").split(".")],
)


@pytest.fixture(scope="module")
def released() -> dict[str, Any]:
    """The interface as the last release described it."""
    document: dict[str, Any] = json.loads(RELEASED[-1].read_text(encoding="utf-8"))
    return document


def test_nothing_breaks_programs_of_the_last_release(released: dict[str, Any], client: Client) -> None:
    described = client.get("/api/schema/", headers={"Accept": "application/json"}).json()
    assert breaking_changes(released, described) == []


def schema(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found


def without_parameter(document: dict[str, Any]) -> None:
    operation = document["paths"]["/api/v1/companies/"]["get"]
    operation["parameters"] = [entry for entry in operation["parameters"] if entry["name"] != "sector"]


def with_required_parameter(document: dict[str, Any]) -> None:
    parameter = {"name": "why", "in": "query", "required": True, "schema": {"type": "string"}}
    document["paths"]["/api/v1/companies/"]["get"]["parameters"].append(parameter)


def with_lower_limit(document: dict[str, Any]) -> None:
    parameters = document["paths"]["/api/v1/companies/"]["get"]["parameters"]
    next(entry for entry in parameters if entry["name"] == "limit")["schema"]["maximum"] = 10


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "address": (lambda d: d["paths"].pop("/api/v1/scores/"), "/api/v1/scores/: address removed"),
    "operation": (lambda d: d["paths"]["/api/v1/preview/"].pop("post"), "POST /api/v1/preview/: operation"),
    "parameter": (without_parameter, "GET /api/v1/companies/: parameter sector removed"),
    "new required parameter": (with_required_parameter, "parameter why is required now"),
    "narrower parameter": (with_lower_limit, "?limit: maximum is 10 now"),
    "member of an answer": (lambda d: schema(d, "Company")["properties"].pop("size"), ".size: removed"),
    "member not always there": (
        lambda d: schema(d, "Company")["required"].remove("name"),
        ".name: is not always there any more",
    ),
    "value": (lambda d: schema(d, "JobState")["enum"].remove("done"), "value 'done' removed"),
    "type": (
        lambda d: schema(d, "Company")["properties"].update(name={"type": ["string", "null"]}),
        ".name: type string became null/string",
    ),
    "new required member of a request": (
        lambda d: schema(d, "PreviewRequest").setdefault("required", []).append("programme"),
        "body.programme: is required now",
    ),
    "scope": (
        lambda d: d["paths"]["/api/v1/jobs/"]["get"].update(security=[{"key": ["scores:read"]}]),
        "GET /api/v1/jobs/: needs another scope",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_change_that_breaks_programs_is_found(released: dict[str, Any], change: str) -> None:
    apply, told = CHANGES[change]
    changed = deepcopy(released)
    apply(changed)
    found = breaking_changes(released, changed)
    assert found
    assert all(told in line for line in found)


def test_addition_breaks_nothing(released: dict[str, Any]) -> None:
    changed = deepcopy(released)
    changed["paths"]["/api/v1/new/"] = {}
    schema(changed, "Company")["properties"]["colour"] = {"type": "string"}
    schema(changed, "PreviewRequest")["properties"]["note"] = {"type": "string"}
    assert breaking_changes(released, changed) == []
