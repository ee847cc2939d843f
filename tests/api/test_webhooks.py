"""Webhooks kept by programs."""

from __future__ import annotations

from typing import Any

import pytest

from companies import actions
from companies.models import Company, Programme
from tests.api.conftest import Caller, caller_for
from webhooks.delivering import make_deliveries
from webhooks.models import Delivery, Webhook

LIST = "/api/v1/webhooks/"
WANTED: dict[str, Any] = {"name": "Province", "url": "https://example.com/hook", "types": ["company.changed"]}


@pytest.fixture
def made(caller: Caller) -> dict[str, Any]:
    body: dict[str, Any] = caller.post(LIST, WANTED).json()
    return body


def test_secret_comes_with_the_new_webhook_alone(caller: Caller, made: dict[str, Any]) -> None:
    assert made["secret"] == Webhook.objects.get().secret
    assert made["secret"].startswith("whsec_")
    (row,) = caller.get(LIST).json()["results"]
    assert "secret" not in row
    rotated = caller.post(f"{LIST}{made['id']}/rotate-secret/", None).json()
    assert rotated["secret"] not in ("", made["secret"])


def test_webhook_is_changed_and_deleted(caller: Caller, made: dict[str, Any]) -> None:
    path = f"{LIST}{made['id']}/"
    tag = caller.get(path)["ETag"]
    assert caller.patch(path, {"types": []}).status_code == 428
    assert caller.patch(path, {"types": []}, **{"If-Match": tag}).json()["types"] == []
    assert caller.patch(path, {"types": []}, **{"If-Match": tag}).status_code == 412
    assert caller.post(f"{path}disable/", None).json()["is_enabled"] is False
    assert caller.post(f"{path}enable/", None).json()["is_enabled"] is True
    assert caller.delete(path).status_code == 204
    assert caller.get(path).status_code == 404


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"url": "http://example.com/"}, "#/url"),
        ({"url": "https://127.0.0.1/"}, "#/url"),
        ({"types": ["nothing"]}, "#/types/0"),
        ({"name": " "}, "#/name"),
        ({"secret": "mine"}, "#/secret"),
    ],
)
def test_webhook_that_is_wrong_is_refused(caller: Caller, change: dict[str, Any], pointer: str) -> None:
    response = caller.post(LIST, {**WANTED, **change})
    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == pointer
    assert not Webhook.objects.exists()


def test_deliveries_are_listed_and_sent_again(caller: Caller, made: dict[str, Any], company: Company) -> None:
    actions.update(company=company, changes={"name": "一"}, by=None)
    make_deliveries()
    path = f"{LIST}{made['id']}/"
    (row,) = caller.get(f"{path}deliveries/?state=waiting").json()["results"]
    assert (row["type"], row["state"], row["attempts"]) == ("company.changed", "waiting", 0)
    assert row["event"] == caller.get("/api/v1/events/?type=company.changed").json()["results"][0]["id"]
    Delivery.objects.update(state="failed")
    again = caller.post(f"{path}deliveries/{row['id']}/replay/", None)
    assert (again.status_code, again.json()["state"]) == (202, "waiting")
    all_again = caller.post(f"{path}replay/", {"since": "2020-01-01T00:00:00Z"})
    assert (all_again.status_code, all_again.json()) == (202, {"deliveries": 1})


def test_webhook_of_another_city_is_not_found(
    caller: Caller, other_caller: Caller, made: dict[str, Any]
) -> None:
    path = f"{LIST}{made['id']}/"
    assert other_caller.get(LIST).json()["results"] == []
    assert other_caller.get(path).status_code == 404
    assert other_caller.patch(path, {"name": "x"}, **{"If-Match": "*"}).status_code == 404
    assert other_caller.delete(path).status_code == 404
    assert other_caller.get(f"{path}deliveries/").status_code == 404
    for what in ("enable", "disable", "rotate-secret", "replay"):
        assert other_caller.post(f"{path}{what}/", {"since": "2020-01-01T00:00:00Z"}).status_code == 404


def test_webhooks_need_their_scope(programme: Programme) -> None:
    response = caller_for(programme, "assessments:read").get(LIST)
    assert response.json()["required_scope"] == "webhooks:write"
