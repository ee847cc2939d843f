"""No parameter is passed over, whatever the address."""

from __future__ import annotations

from typing import Any

import pytest

from assessments.models import Assessment, ScoreRun
from jobs.work import enqueue
from tests.api.conftest import Caller
from tests.api.facts import operations
from tests.api.test_schema import document

__all__ = ["document"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def addresses(document: dict[str, Any], caller: Caller, scored: Assessment) -> list[tuple[str, set[str]]]:
    """Every address that is read, with the id of an object in it where there is one, and its facts."""
    enqueue("score-submission", key="test", parameters={}, by=caller.key.user)
    found = []
    for path, method, operation in operations(document):
        if method != "get":
            continue
        address = path
        if "{" in path:
            listed = caller.get(path.split("{")[0]).json()["results"]
            if not listed:
                continue  # nothing of the kind is there
            address = path.format(**listed[0])
        facts = {
            parameter["name"]
            for parameter in operation.get("parameters", [])
            if parameter["schema"].get("type") == "boolean"
        }
        found.append((address, facts))
    assert ScoreRun.objects.exists()
    return found


def fault_of(response: Any) -> tuple[int, str]:
    (fault,) = response.json().get("errors", [{"parameter": response.content}])
    return response.status_code, fault["parameter"]


def test_unknown_parameter_is_a_fault_everywhere(
    addresses: list[tuple[str, set[str]]], caller: Caller
) -> None:
    assert len(addresses) > 20
    for address, _ in addresses:
        assert fault_of(caller.get(f"{address}?nonsense=1")) == (400, "nonsense"), address


def test_only_true_and_false_are_facts(addresses: list[tuple[str, set[str]]], caller: Caller) -> None:
    asked = [(address, name) for address, facts in addresses for name in sorted(facts)]
    assert len(asked) >= 4
    for address, name in asked:
        for value in ("1", "yes", "True", "on", "", "null"):
            assert fault_of(caller.get(f"{address}?{name}={value}")) == (400, name), (address, value)
        for value in ("true", "false"):
            assert caller.get(f"{address}?{name}={value}").status_code == 200, (address, value)
