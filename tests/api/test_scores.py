"""Scores, and the preview that must agree with them."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.actions import submissions
from assessments.models import Assessment, ScoreRun, Submission
from assessments.scoring.compute import score_and_store
from benchmarks.models import Release
from companies.models import Company, Programme
from instrument import load_instrument
from tests import factories
from tests.api.conftest import Caller


def plain_answers(stage: int = 2) -> dict[str, Any]:
    return {code: answer.value for code, answer in factories.full_answers(stage).items()}


def test_score_says_what_it_is_and_where_it_comes_from(
    caller: Caller, scored: Assessment, release: Release
) -> None:
    run = ScoreRun.objects.get()
    (row,) = caller.get("/api/v1/scores/?current=true").json()["results"]
    assert row["readiness"] == run.readiness / 100
    assert 0 <= row["interval"]["low"] <= row["readiness"] <= row["interval"]["high"] <= 100
    assert list(row["dimensions"]) == [f"D{number}" for number in range(1, 11)]
    assert row["dimensions"]["D10"] == run.d10 / 100
    assert sum(row["tier"]["exactly"].values()) == pytest.approx(1)
    assert row["tier"]["at_least"]["1"] == run.exceed_1 / 10_000  # type: ignore[operator]
    assert row["official_level"]["level"] == run.official_level
    assert row["official_level"]["status"] == "provisional"
    assert row["release"] == {"id": str(release.pk), "name": release.name, "sha256": release.sha256}
    assert row["submission"]["id"] == str(run.submission_id)
    assert row["submission"]["sha256"] == run.submission.sha256
    assert row["reference"]["provenance"] == "synthetic"
    assert row["reference"]["n"] == 149
    assert row["synthetic_benchmark"] is True
    assert row["company"]["credit_code"] == scored.company.credit_code
    single = caller.get(f"/api/v1/scores/{run.pk}/").json()
    assert {name: single[name] for name in row} == row
    assert caller.get("/api/v1/scores/?current=false").json()["results"] == []


def test_score_of_too_few_answers_states_no_tier(
    caller: Caller, scored: Assessment, release: Release
) -> None:
    ScoreRun.objects.update(exceed_1=None, exceed_2=None, exceed_3=None, tier=None)
    (row,) = caller.get("/api/v1/scores/").json()["results"]
    assert row["tier"] == {"stated": False, "tier": None, "at_least": None, "exactly": None}


def test_status_follows_the_kind_of_submission(caller: Caller, scored: Assessment) -> None:
    assert len(caller.get("/api/v1/scores/?status=provisional").json()["results"]) == 1
    assert caller.get("/api/v1/scores/?status=verified").json()["results"] == []
    Submission.objects.update(kind=Submission.Kind.VERIFIED)
    (row,) = caller.get("/api/v1/scores/?status=verified").json()["results"]
    assert row["official_level"]["status"] == "verified"


def test_query_count_does_not_grow_with_scores(caller: Caller, scored: Assessment, release: Release) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert caller.get("/api/v1/scores/").status_code == 200
        return len(queries)

    caller.get("/api/v1/scores/")
    few = count()
    made = []
    for number in range(50, 56):
        company = factories.make_company(scored.round.programme, number=number)
        assessment = factories.make_assessment(company, scored.round)
        owner = factories.make_member(company, f"Owner {number}")
        factories.store_answers(assessment, by=owner)
        made.append(submissions.submit_answers(assessment=assessment, declared=True, by=owner))
    score_and_store(made, release)
    assert len(caller.get("/api/v1/scores/").json()["results"]) == 7
    assert count() == few


def test_submission_comes_with_the_answers_as_they_were_hashed(caller: Caller, scored: Assessment) -> None:
    submission = Submission.objects.get()
    single = caller.get(f"/api/v1/submissions/{submission.pk}/").json()
    canonical = orjson.dumps(single["content"], option=orjson.OPT_SORT_KEYS)
    assert hashlib.sha256(canonical).hexdigest() == single["sha256"] == submission.sha256
    (row,) = caller.get("/api/v1/submissions/?latest=true").json()["results"]
    assert "content" not in row
    assert row["superseded_by"] is None


def test_release_comes_with_its_scorecard(caller: Caller, release: Release) -> None:
    single = caller.get(f"/api/v1/releases/{release.pk}/").json()
    canonical = orjson.dumps(single["scorecard"], option=orjson.OPT_SORT_KEYS)
    assert hashlib.sha256(canonical).hexdigest() == release.sha256
    (row,) = caller.get("/api/v1/releases/?is_active=true").json()["results"]
    assert "scorecard" not in row
    assert row["synthetic_benchmark"] is True


def test_preview_of_submitted_answers_gives_the_stored_score(caller: Caller, scored: Assessment) -> None:
    (row,) = caller.get("/api/v1/scores/").json()["results"]
    preview = caller.post("/api/v1/preview/", {"answers": plain_answers()}).json()
    for name in ("readiness", "readiness_guarded", "interval", "dimensions", "tier", "release", "reference"):
        assert preview[name] == row[name], name
    assert preview["official_level"] == {**row["official_level"], "status": "preview"}


def test_preview_stores_nothing(caller: Caller, release: Release) -> None:
    assert caller.post("/api/v1/preview/", {"answers": plain_answers()}).status_code == 200
    assert not Submission.objects.exists()
    assert not ScoreRun.objects.exists()


def test_batch_gives_the_same_as_single_previews(caller: Caller, release: Release) -> None:
    sets = [plain_answers(stage) for stage in (0, 2, 4)]
    sets.append({"B1": {"state": "dont_know"}})
    batch = caller.post("/api/v1/preview/batch/", {"sets": sets}).json()
    for index, (answers, result) in enumerate(zip(sets, batch["results"], strict=True)):
        assert result.pop("index") == index
        single = caller.post("/api/v1/preview/", {"answers": answers}).json()
        assert result == {name: single[name] for name in result}
    assert batch["results"][3]["tier"]["stated"] is False


def test_partial_batch_scores_what_is_right_and_names_the_rest(caller: Caller, release: Release) -> None:
    sets = [plain_answers(), {"B2": "Z", "Z9": 1}, {}, {"B1": 7}]
    batch = caller.post("/api/v1/preview/batch/", {"sets": sets, "partial": True}).json()
    assert [row["index"] for row in batch["results"]] == [0, 2]
    assert [(fault["pointer"], fault["reason"]) for fault in batch["errors"][:2]] == [
        ("#/sets/1/B2", "unknown_option"),
        ("#/sets/1/Z9", "unknown_item"),
    ]
    assert batch["errors"][2]["pointer"].startswith("#/sets/3/B1")
    assert batch["errors_left_out"] == 0
    nothing = caller.post("/api/v1/preview/batch/", {"sets": [{"Z9": 1}], "partial": True}).json()
    assert nothing["results"] == []


@pytest.mark.parametrize(
    ("answers", "pointer", "reason"),
    [
        ({"Z9": 1}, "#/answers/Z9", "unknown_item"),
        ({"B2": "Z"}, "#/answers/B2", "unknown_option"),
        ({"C01": 9}, "#/answers/C01", "unknown_level"),
        ({"C01": True}, "#/answers/C01", "wrong_type"),
        ({"B2": None}, "#/answers/B2", "value_required"),
        ({"B2": {"value": "A", "mood": "good"}}, "#/answers/B2/mood", "unknown_member"),
        ({"B2": {"state": "perhaps"}}, "#/answers/B2/state", "unknown_state"),
        ({"B2": {"state": ["later"]}}, "#/answers/B2/state", "unknown_state"),
        ({"B2": {"state": "dont_know", "value": "A"}}, "#/answers/B2/value", "value_not_allowed"),
        ({"B2": {"value": "A", "comment": 1}}, "#/answers/B2/comment", "wrong_type"),
        ({"a/b~c": 1}, "#/answers/a~1b~0c", "unknown_item"),
    ],
)
def test_wrong_answer_is_pointed_at(
    caller: Caller, release: Release, answers: dict[str, Any], pointer: str, reason: str
) -> None:
    response = caller.post("/api/v1/preview/", {"answers": answers})
    assert response.status_code == 400
    (fault,) = response.json()["errors"]
    assert (fault["pointer"], fault["reason"]) == (pointer, reason)
    batch = caller.post("/api/v1/preview/batch/", {"sets": [{}, answers]}).json()
    assert batch["errors"][0]["pointer"] == pointer.replace("#/answers", "#/sets/1")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/answers"),
        ({"answers": []}, "#/answers"),
        ([], "#"),
        ({"answers": {}, "programme": "x"}, "#/programme"),
    ],
)
def test_body_of_the_wrong_shape_is_pointed_at(
    caller: Caller, release: Release, body: object, pointer: str
) -> None:
    response = caller.post("/api/v1/preview/", body)
    assert response.status_code == 400
    assert [fault["pointer"] for fault in response.json()["errors"]] == [pointer]


def test_preview_without_active_release_says_so(caller: Caller, programme: Programme) -> None:
    response = caller.post("/api/v1/preview/", {"answers": {}})
    assert response.json()["errors"][0]["reason"] == "no_release"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_raising_one_stage_never_lowers_a_preview(
    caller: Caller, release: Release, data: st.DataObject
) -> None:
    instrument = load_instrument()
    stages = {
        item.code: data.draw(st.sampled_from(item.reachable_stages), label=item.code)
        for item in instrument.items
    }
    raised = data.draw(
        st.sampled_from([item for item in instrument.items if stages[item.code] < item.max_stage])
    )
    higher = data.draw(st.sampled_from([s for s in raised.reachable_stages if s > stages[raised.code]]))

    def answers(chosen: dict[str, int]) -> dict[str, Any]:
        return {code: instrument.get_item(code).get_value_for_stage(stage) for code, stage in chosen.items()}

    before, after = caller.post(
        "/api/v1/preview/batch/", {"sets": [answers(stages), answers({**stages, raised.code: higher})]}
    ).json()["results"]
    assert after["readiness"] >= before["readiness"]
    assert after["official_level"]["level"] >= before["official_level"]["level"]
    assert all(after["dimensions"][code] >= before["dimensions"][code] for code in before["dimensions"])
    assert all(after["tier"]["at_least"][k] >= before["tier"]["at_least"][k] for k in ("1", "2", "3"))


def test_company_profile_leaves_out_contacts(caller: Caller, company: Company) -> None:
    Company.objects.update(contact_name="王经理", contact_phone="13800138000")
    assert "contact" not in caller.get(f"/api/v1/companies/{company.pk}/").content.decode()
