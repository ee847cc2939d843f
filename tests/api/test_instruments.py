"""The questionnaire by the interface: enough for a program that knows nothing of it to send answers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.utils import timezone

from assessments.models import Assessment, PublishedVersion
from benchmarks.models import Release
from instrument import CURRENT, Text, load_instrument, loader
from instrument.publish import publish_version
from tests.api.conftest import Caller
from tests.api.test_pages import path_of

LIST = "/api/v1/instruments/"
ONE = f"{LIST}{CURRENT}/"
LATER = "2099.1"


@pytest.fixture
def asked(caller: Caller) -> dict[str, Any]:
    """The version in use, as a program reads it."""
    response = caller.get(ONE)
    assert response.status_code == 200, response.content
    document: dict[str, Any] = response.json()
    return document


@pytest.fixture
def finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The hash of a second version, whose files are finished and which the bureau has not published yet."""
    definitions = tmp_path / "definitions"
    shutil.copytree(loader.DEFINITIONS, definitions)
    shutil.copytree(definitions / CURRENT, definitions / LATER)
    head = definitions / LATER / "instrument.json"
    head.write_bytes(orjson.dumps({**orjson.loads(head.read_bytes()), "version": LATER}))
    sha256 = publish_version(LATER, definitions)
    monkeypatch.setattr(loader, "read_published", partial(loader.read_published, definitions=definitions))
    yield sha256
    load_instrument.cache_clear()


def versions(caller: Caller, query: str = "") -> list[str]:
    """Those of all pages, in order."""
    found: list[str] = []
    following: str | None = f"{LIST}?{query}"
    while following:
        page = caller.get(path_of(following)).json()
        found += [row["version"] for row in page["results"]]
        following = page["next"]
    return found


def in_both(text: Text | None) -> dict[str, str] | None:
    return {"en": text.en, "zh": text.zh_hans} if text else None


def best_answer(item: dict[str, Any]) -> Any:
    """The last option, sent as the description of `kind` says."""
    key = item["options"][-1]["key"]
    return [key] if item["kind"] == "multiple" else int(key) if item["kind"] == "scale" else key


def test_program_that_knows_nothing_of_the_questionnaire_submits_it(
    caller: Caller, assessment: Assessment, release: Release
) -> None:
    version = caller.get(f"/api/v1/rounds/{assessment.round_id}/").json()["instrument_version"]
    asked = caller.get(f"{LIST}{version}/").json()
    answers = {item["code"]: best_answer(item) for item in asked["items"]}
    figures = {figure["code"]: "1" for item in asked["items"] for figure in item["figures"]}
    (first,) = [item for item in asked["items"] if item["code"] == "B2"]
    own = {figure["code"]: figures[figure["code"]] for figure in first["figures"]}
    answers["B2"] = {"value": answers["B2"], "figures": own}
    sent = {"assessment": str(assessment.pk), "declared": True, "answers": answers}

    response = caller.post("/api/v1/submissions/", sent)

    assert response.status_code == 201, response.content
    stored = response.json()
    assert stored["instrument_sha256"] == asked["sha256"]
    assert stored["content"]["answers"]["B2"]["figures"] == own
    assert set(stored["content"]["answers"]) == set(answers)


def test_items_say_what_people_are_asked(asked: dict[str, Any]) -> None:
    instrument = load_instrument(CURRENT)
    assert [item["code"] for item in asked["items"]] == list(instrument.item_order)
    for told in asked["items"]:
        item = instrument.get_item(told["code"])
        for name in ("part", "kind", "dimension", "section", "binding", "max_stage"):
            assert told[name] == getattr(item, name), (item.code, name)
        for name in ("name", "question", "help", "why", "basis"):
            assert told[name] == in_both(getattr(item, name)), (item.code, name)
        assert told["evidence"] == [in_both(text) for text in item.evidence]
        assert told["bins"] == list(item.bins)
        assert told["not_applicable_allowed"] == (item.code in instrument.not_applicable_allowed)
        assert [
            (option["key"], option["label"], option["detail"], option["example"], option["exclusive"])
            for option in told["options"]
        ] == [
            (
                option.key,
                in_both(option.label),
                in_both(option.detail),
                in_both(option.example),
                option.exclusive,
            )
            for option in item.options
        ]
        assert [option["points"] for option in told["options"]] == [
            None if option.points is None else float(option.points) for option in item.options
        ]
        assert [figure["code"] for figure in told["figures"]] == [figure.code for figure in item.figures]


def test_version_says_how_its_answers_count(asked: dict[str, Any]) -> None:
    instrument = load_instrument(CURRENT)
    codes = [item["code"] for item in asked["items"]]
    for parts in ("sections", "dimensions"):
        assert sorted(code for part in asked[parts] for code in part["items"]) == sorted(codes)
    assert sum(dimension["weight"] for dimension in asked["dimensions"]) == pytest.approx(1)
    assert asked["not_applicable_cap"] == 0.1
    assert [text["zh"] for text in asked["level_names"]][1:] == ["初始级", "规范级", "集成级", "协同级"]
    assert [gate["base"] for gate in asked["level_gates"]] == [20, 40, 60, 80]
    assert (asked["version"], asked["sha256"]) == (instrument.version, instrument.sha256)


def test_only_what_may_not_apply_is_taken_as_not_applicable(
    caller: Caller, release: Release, asked: dict[str, Any]
) -> None:
    for item in asked["items"]:
        answers = {item["code"]: {"state": "not_applicable", "reason": "None of it here."}}
        taken = caller.post("/api/v1/preview/", {"answers": answers}).status_code == 200
        assert taken == item["not_applicable_allowed"], item["code"]


def test_version_in_use_is_there_before_the_first_round(caller: Caller) -> None:
    (row,) = caller.get(LIST).json()["results"]
    assert row["version"] == CURRENT
    assert row["title"]["zh"]
    assert "items" not in row


def test_version_is_there_once_it_is_published(caller: Caller, finished: str) -> None:
    assert versions(caller) == [CURRENT]
    assert caller.get(f"{LIST}{LATER}/").status_code == 404
    PublishedVersion.objects.create(version=LATER, sha256=finished)
    assert versions(caller, "limit=1") == [CURRENT, LATER]
    assert versions(caller, "updated_since=2020-01-01T00:00:00Z&limit=1") == [CURRENT, LATER]
    assert caller.get(f"{LIST}{LATER}/").json()["sha256"] == finished


def test_version_whose_files_changed_is_not_there(caller: Caller, asked: dict[str, Any]) -> None:
    PublishedVersion.objects.update(sha256="0" * 64)
    assert versions(caller) == []
    assert caller.get(ONE).status_code == 404


def test_some_members_alone_and_not_again_what_has_not_changed(caller: Caller) -> None:
    narrowed = caller.get(f"{ONE}?fields=version,items")
    assert list(narrowed.json()) == ["version", "items"]
    again = caller.get(ONE, **{"If-None-Match": caller.get(ONE)["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("version", ["2024", "nothing", "..", "published.json"])
def test_version_that_is_not_there(caller: Caller, version: str) -> None:
    response = caller.get(f"{LIST}{version}/")
    assert (response.status_code, response.json()["code"]) == (404, "not-found")


def test_every_city_reads_the_same(caller: Caller, other_caller: Caller) -> None:
    assert other_caller.get(ONE).json() == caller.get(ONE).json()


def test_role_that_ended_reads_nothing(caller: Caller) -> None:
    caller.key.user.programme_roles.update(expires_at=timezone.now())
    assert versions(caller) == []
    assert caller.get(ONE).status_code == 404
