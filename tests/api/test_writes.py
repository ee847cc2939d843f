"""What all writes share: asking twice does it once, and nobody writes over what they did not see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from assessments.models import Assessment, Submission
from audit.models import AuditEvent
from benchmarks.models import Release
from companies.models import Area, Company, Listing, Programme
from jobs.models import StoredReply
from jobs.tasks import forget_replies
from tests import factories
from tests.api.conftest import Caller, caller_for
from tests.api.test_sending import plain

COMPANIES = "/api/v1/companies/"


@pytest.fixture
def wanted(programme: Programme) -> dict[str, Any]:
    """A company that may be created."""
    factories.make_division(programme.city)
    return {
        "credit_code": factories.make_credit_code(77),
        "name": "柳州示例零部件有限公司",
        "division": "450201",
        "sector": "automotive",
        "years": [{"year": 2025, "revenue_wan": "5200.50", "employees": 120}],
    }


def test_company_is_created_listed_and_recorded(
    caller: Caller, wanted: dict[str, Any], programme: Programme
) -> None:
    response = caller.post(COMPANIES, wanted)
    assert response.status_code == 201
    created = response.json()
    assert response["Location"] == f"http://testserver{COMPANIES}{created['id']}"
    assert caller.get(response["Location"]).json() == created
    assert created["size"] == "small"
    assert [row["programme"] for row in created["listings"]] == [str(programme.pk)]
    event = AuditEvent.objects.get(action="company.created")
    assert event.by == caller.key.user
    assert event.details == {"origin": "api"}


def test_programme_lists_the_codes_that_a_company_is_sent_with(
    caller: Caller, wanted: dict[str, Any], programme: Programme
) -> None:
    area, retired = (factories.make_functional_area(programme.city, number) for number in (1, 2))
    Area.objects.filter(pk=retired.pk).update(retired_at=timezone.now())
    industry = factories.make_key_industry("packaging")
    elsewhere = factories.make_division(factories.make_city("450300", "Guilin"), 9)
    listed = caller.get(f"/api/v1/programmes/{programme.pk}/").json()
    codes = {
        name: [entry["code"] for entry in listed[name]]
        for name in ("sectors", "divisions", "functional_areas", "key_industries")
    }
    assert elsewhere.code not in codes["divisions"]
    assert codes["functional_areas"] == [area.code]
    assert industry.code in codes["key_industries"]
    sent = wanted | {
        "sector": codes["sectors"][0],
        "division": codes["divisions"][0],
        "functional_area": codes["functional_areas"][0],
        "key_industry": codes["key_industries"][0],
    }
    assert caller.post(COMPANIES, sent).status_code == 201


def test_new_company_takes_part_in_the_rounds_that_are_open(
    caller: Caller, wanted: dict[str, Any], programme: Programme, release: Release
) -> None:
    frozen = factories.make_round(programme, "T0", frozen_at=timezone.now())
    open_one = factories.make_round(programme, "T1")
    caller.post(COMPANIES, wanted)
    (made,) = caller.get("/api/v1/assessments/").json()["results"]
    assert (made["credit_code"], made["round"], made["stage"]) == (
        wanted["credit_code"],
        str(open_one.pk),
        "listed",
    )
    sent = {"credit_code": wanted["credit_code"], "round_code": "T1", "declared": True, "answers": plain()}
    assert caller.post("/api/v1/submissions/", sent).status_code == 201
    late = caller.post("/api/v1/submissions/", {**sent, "round_code": frozen.code})
    assert late.json()["errors"][0]["reason"] == "unknown_assessment"


@pytest.mark.parametrize(
    ("change", "pointer", "reason"),
    [
        ({"credit_code": "1"}, "#/credit_code", "invalid"),
        ({"credit_code": "91450200TE5T000010"}, "#/credit_code", "check_character"),
        ({"sector": "space"}, "#/sector", "unknown_code"),
        ({"division": "F1"}, "#/division", "unknown_code"),
        ({"name": ""}, "#/name", "blank"),
        ({"colour": "red"}, "#/colour", "unknown_member"),
        ({"years": [{"year": 2025, "revenue_wan": "-1"}]}, "#/years/0/revenue_wan", "min_value"),
        ({"years": [{"year": 2025}, {"year": 2024}, {"year": 2025}]}, "#/years/2/year", "repeated"),
        ({"machines_digital": 3}, "#/machines_total", "invalid"),
        ({"programme": "00000000-0000-4000-8000-000000000000"}, "#/programme", "unknown_programme"),
    ],
)
def test_company_that_is_wrong_is_refused_with_its_place(
    caller: Caller, wanted: dict[str, Any], change: dict[str, Any], pointer: str, reason: str
) -> None:
    response = caller.post(COMPANIES, {**wanted, **change})
    assert response.status_code == 400
    (fault,) = response.json()["errors"]
    assert (fault["pointer"], fault["reason"]) == (pointer, reason)
    assert not Company.objects.exists()


def test_code_that_is_there_already_is_refused(caller: Caller, wanted: dict[str, Any]) -> None:
    caller.post(COMPANIES, wanted)
    assert caller.post(COMPANIES, wanted).json()["errors"][0]["pointer"] == "#/credit_code"


def test_key_without_the_scope_writes_nothing(programme: Programme, wanted: dict[str, Any]) -> None:
    response = caller_for(programme, "companies:read").post(COMPANIES, wanted)
    assert (response.status_code, response.json()["required_scope"]) == (403, "companies:write")


def test_change_needs_the_state_it_is_meant_for(caller: Caller, company: Company) -> None:
    path = f"{COMPANIES}{company.pk}/"
    tag = caller.get(path)["ETag"]
    blind = caller.patch(path, {"park": "A"})
    assert (blind.status_code, blind.json()["code"]) == (428, "precondition-required")
    response = caller.patch(path, {"park": "A"}, **{"If-Match": tag})
    assert (response.status_code, response.json()["park"]) == (200, "A")
    assert response["ETag"] == caller.get(path)["ETag"] != tag
    late = caller.patch(path, {"park": "B"}, **{"If-Match": tag})
    assert (late.status_code, late.json()["code"]) == (412, "precondition-failed")
    assert caller.patch(path, {"park": "B"}, **{"If-Match": f'"x", {response["ETag"]}'}).status_code == 200
    assert Company.objects.get().park == "B"
    bare = caller.patch(path, {"park": "C"}, **{"If-Match": response["ETag"].strip('"')})
    assert (bare.status_code, bare.json()["errors"][0]["parameter"]) == (400, "If-Match")
    unknown = caller.patch(path, {"size": "small"}, **{"If-Match": "*"})
    assert unknown.json()["errors"][0]["reason"] == "unknown_member"


def test_company_of_another_city_cannot_be_changed(
    other_caller: Caller, company: Company, other_programme: Programme
) -> None:
    assert (
        other_caller.patch(f"{COMPANIES}{company.pk}/", {"park": "A"}, **{"If-Match": "*"}).status_code == 404
    )
    Listing.objects.create(company=company, programme=other_programme)
    assert (
        other_caller.patch(f"{COMPANIES}{company.pk}/", {"park": "A"}, **{"If-Match": "*"}).status_code == 200
    )


def test_request_sent_twice_is_done_once(caller: Caller, wanted: dict[str, Any]) -> None:
    first = caller.post(COMPANIES, wanted, **{"Idempotency-Key": "one"})
    spelt = orjson.dumps(wanted, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
    again = caller.post(COMPANIES, spelt, **{"Idempotency-Key": "one"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["Location"] == first["Location"]
    assert again["ETag"] == first["ETag"]
    assert again["Idempotency-Replayed"] == "true"
    assert not first.has_header("Idempotency-Replayed")
    assert Company.objects.count() == 1


def test_key_of_another_request_is_refused(caller: Caller, wanted: dict[str, Any]) -> None:
    caller.post(COMPANIES, wanted, **{"Idempotency-Key": "one"})
    response = caller.post(COMPANIES, {**wanted, "name": "x"}, **{"Idempotency-Key": "one"})
    assert (response.status_code, response.json()["code"]) == (422, "idempotency-key-reused")


def test_refusal_is_repeated_too_and_other_accounts_have_keys_of_their_own(
    caller: Caller, other_caller: Caller, wanted: dict[str, Any]
) -> None:
    bad = {**wanted, "sector": "space"}
    first = caller.post(COMPANIES, bad, **{"Idempotency-Key": "one"})
    again = caller.post(COMPANIES, bad, **{"Idempotency-Key": "one"})
    assert (again.status_code, again.content, again["Content-Type"]) == (
        400,
        first.content,
        "application/problem+json",
    )
    other = other_caller.post(COMPANIES, wanted, **{"Idempotency-Key": "one"})
    assert not other.has_header("Idempotency-Replayed")


@pytest.mark.parametrize("key", ["", " ", "a b", "ü", "x" * 256])
def test_key_that_is_none_is_refused(caller: Caller, wanted: dict[str, Any], key: str) -> None:
    response = caller.post(COMPANIES, wanted, **{"Idempotency-Key": key})
    assert response.status_code == 400
    assert response.json()["errors"][0]["parameter"] == "Idempotency-Key"


def test_failure_on_our_side_leaves_the_key_free_and_nothing_done(
    caller: Caller, wanted: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("companies.api.companies.compute_entity_tag", fail)
        caller.client.raise_request_exception = False
        assert caller.post(COMPANIES, wanted, **{"Idempotency-Key": "one"}).status_code == 500
    assert not Company.objects.exists()
    assert caller.post(COMPANIES, wanted, **{"Idempotency-Key": "one"}).status_code == 201


def test_answer_is_forgotten_after_a_day(caller: Caller, wanted: dict[str, Any]) -> None:
    caller.post(COMPANIES, wanted, **{"Idempotency-Key": "one"})
    StoredReply.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert caller.post(COMPANIES, wanted, **{"Idempotency-Key": "one"}).status_code == 400
    StoredReply.objects.update(created_at=timezone.now() - timedelta(hours=25))
    forget_replies()
    assert not StoredReply.objects.exists()


def test_what_is_left_of_the_rate_is_told(caller: Caller, settings: Settings) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": {"key": "3/min"}}
    first = caller.get(COMPANIES)
    assert first["RateLimit-Policy"] == '"key";q=3;w=60'
    assert first["RateLimit"].startswith('"key";r=2;t=')
    responses = [caller.get(COMPANIES) for _ in range(3)]
    assert [response["RateLimit"].split(";")[1] for response in responses] == ["r=1", "r=0", "r=0"]
    assert responses[-1].status_code == 429


def test_fields_narrow_objects_and_say_so(caller: Caller, company: Company) -> None:
    page = caller.get(f"{COMPANIES}?fields=name,id&limit=1")
    assert page["Content-Type"] == "application/vnd.readiness.partial+json"
    assert page.json()["results"] == [{"name": company.name, "id": str(company.pk)}]
    assert caller.get(f"{COMPANIES}{company.pk}/?fields=size").json() == {"size": ""}
    unknown = caller.get(f"{COMPANIES}?fields=name,colour")
    assert (unknown.status_code, unknown.json()["errors"][0]["reason"]) == (400, "unknown_member")
    assert caller.get(f"{COMPANIES}?fields=").status_code == 400


def test_fields_narrow_scores(caller: Caller, scored: Assessment) -> None:
    (row,) = caller.get("/api/v1/scores/?fields=id,readiness").json()["results"]
    assert set(row) == {"id", "readiness"}
    assert set(caller.get(f"/api/v1/scores/{row['id']}/?fields=contributions").json()) == {"contributions"}
    assert Submission.objects.count() == 1
