"""Every failure below /api/ is a problem document."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from companies.api import CompanyBaseViewSet
from companies.models import Company
from tests.api.conftest import Caller


def is_problem(response: Any, status: int, code: str) -> None:
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert body["code"] == code
    assert body["type"] == f"urn:readiness:problem:{code}"
    assert body["title"]
    assert body["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/",
        "/api/v1/",
        "/api/v1/nothing/",
        "/api/v2/scores/",
        "/api/v1/companies/1/",
        "/api/v1/scores/x/y",
    ],
)
def test_unknown_address(client: Client, db: None, path: str) -> None:
    is_problem(client.get(path), 404, "not-found")
    is_problem(client.post(path), 404, "not-found")


def test_unknown_object(caller: Caller) -> None:
    is_problem(caller.get("/api/v1/companies/00000000-0000-4000-8000-000000000000/"), 404, "not-found")
    is_problem(caller.get(f"/api/v1/companies/{'-' * 36}/"), 404, "not-found")


def test_method_that_is_not_there(caller: Caller) -> None:
    is_problem(caller.post("/api/v1/scores/", {}), 405, "method-not-allowed")
    is_problem(caller.get("/api/v1/preview/"), 405, "method-not-allowed")
    headers = {"Authorization": f"Bearer {caller.text}"}
    for method in ("options", "delete", "put", "patch"):
        is_problem(
            getattr(caller.client, method)("/api/v1/companies/", headers=headers), 405, "method-not-allowed"
        )


def test_form_that_is_not_json(caller: Caller) -> None:
    is_problem(caller.get("/api/v1/companies/", Accept="text/csv"), 406, "not-acceptable")


@pytest.mark.parametrize("body", ["", "{", '{"answers": NaN}', '"\\ud800"', "\xff"])
def test_body_that_is_not_json(caller: Caller, body: str) -> None:
    response = caller.post("/api/v1/preview/", body.encode("latin-1"))
    if body:
        is_problem(response, 400, "not-json")
    else:
        is_problem(response, 400, "invalid")


def test_body_of_another_type(caller: Caller) -> None:
    response = caller.post("/api/v1/preview/", "a,b", content_type="text/csv")
    is_problem(response, 415, "unsupported-media-type")


def test_body_that_is_too_large(caller: Caller, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    is_problem(caller.post("/api/v1/preview/", '{"answers": "' + "x" * 1000 + '"}'), 413, "body-too-large")


def test_failure_nobody_foresaw(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(view: CompanyBaseViewSet) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(CompanyBaseViewSet, "get_queryset", fail)
    caller.client.raise_request_exception = False
    response = caller.get("/api/v1/companies/")
    is_problem(response, 500, "internal-error")
    assert "secret" not in response.content.decode()


def test_words_are_english_whatever_the_browser_prefers(caller: Caller) -> None:
    response = caller.get("/api/v1/companies/?size=huge", **{"Accept-Language": "zh-hans"})
    assert response.json()["detail"].startswith("Select a valid choice")
    assert response["Content-Language"] == "en"


def test_answer_that_did_not_change_is_304(caller: Caller, company: Company) -> None:
    path = f"/api/v1/companies/{company.pk}/"
    first = caller.get(path)
    tag = first["ETag"]
    assert first["Vary"].find("Authorization") >= 0
    assert "private" in first["Cache-Control"]
    unchanged = caller.get(path, **{"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.content, unchanged["ETag"]) == (304, b"", tag)
    company.name = "新名称"
    company.save()
    changed = caller.get(path, **{"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.json()["name"] == "新名称"


def test_trailing_slash_may_be_left_out(caller: Caller, company: Company) -> None:
    assert caller.get("/api/v1/companies").json() == caller.get("/api/v1/companies/").json()
    assert caller.get(f"/api/v1/companies/{company.pk}").status_code == 200
