"""Answers and submissions sent by programs, one and in bulk."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.utils import timezone

from accounts.models import User
from assessments.api import receiving, sending
from assessments.models import Answer, Assessment, Submission
from benchmarks.models import Release
from companies.models import Company
from jobs.models import Job
from tests import factories
from tests.api.conftest import Caller, caller_for

SUBMISSIONS = "/api/v1/submissions/"
BULK = "/api/v1/submissions/bulk/"


def plain(stage: int = 2) -> dict[str, Any]:
    """A complete set of answers as it is written in JSON."""
    return {
        code: list(answer.value) if isinstance(answer.value, tuple) else answer.value
        for code, answer in factories.full_answers(stage).items()
    }


def document(assessment: Assessment, /, **changes: Any) -> dict[str, Any]:
    return {"assessment": str(assessment.pk), "declared": True, "answers": plain(), **changes}


def lines(*documents: dict[str, Any] | str) -> bytes:
    return b"\n".join(text.encode() if isinstance(text, str) else orjson.dumps(text) for text in documents)


def sent_in_bulk(caller: Caller, body: bytes) -> dict[str, Any]:
    """The job after a worker ran it."""
    response = caller.post(BULK, body, content_type="application/x-ndjson")
    assert response.status_code == 202, response.content
    receiving.receive_submissions(response.json()["id"])
    job: dict[str, Any] = caller.get(response["Location"]).json()
    return job


def test_complete_answers_become_a_submission_that_is_scored(
    caller: Caller, assessment: Assessment, release: Release
) -> None:
    response = caller.post(SUBMISSIONS, document(assessment))
    assert response.status_code == 201, response.content
    body = response.json()
    assert (body["origin"], body["kind"], body["declared"]) == ("api", "self", True)
    assert caller.get(response["Location"]).json() == body
    submission = Submission.objects.get()
    assert submission.submitted_by == caller.key.user
    assert Job.objects.get().parameters["submissions"] == [str(submission.pk)]


def test_same_answers_again_are_the_same_submission(caller: Caller, assessment: Assessment) -> None:
    first = caller.post(SUBMISSIONS, document(assessment))
    again = caller.post(SUBMISSIONS, document(assessment))
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    corrected = caller.post(SUBMISSIONS, document(assessment, answers=plain(3)))
    assert corrected.status_code == 201
    assert corrected.json()["supersedes"] == first.json()["id"]


def test_company_and_round_name_the_assessment(caller: Caller, assessment: Assessment) -> None:
    named = {"credit_code": assessment.company.credit_code, "round_code": "T0"}
    wanted = {"declared": True, "answers": plain(), **named}
    assert caller.post(SUBMISSIONS, wanted).json()["assessment"] == str(assessment.pk)


@pytest.mark.parametrize(
    ("change", "pointer", "reason"),
    [
        ({"declared": False}, "#/declared", "not_declared"),
        ({"answers": {**plain(), "B2": "Z"}}, "#/answers/B2", "unknown_option"),
        ({"answers": {**plain(), "Z9": 1}}, "#/answers/Z9", "unknown_item"),
        ({"assessment": "00000000-0000-4000-8000-000000000000"}, "#/assessment", "unknown_assessment"),
        ({"extra": 1}, "#/extra", "unknown_member"),
        (
            {"answers": {key: value for key, value in plain().items() if key != "B2"}},
            "#/answers/B2",
            "missing",
        ),
    ],
)
def test_submission_that_is_wrong_stores_nothing(
    caller: Caller, assessment: Assessment, change: dict[str, Any], pointer: str, reason: str
) -> None:
    response = caller.post(SUBMISSIONS, document(assessment, **change))
    assert response.status_code == 400
    (fault,) = response.json()["errors"]
    assert (fault["pointer"], fault["reason"]) == (pointer, reason)
    assert not Submission.objects.exists()
    assert not Answer.objects.exists()


def test_assessment_without_a_name_is_asked_for(caller: Caller, assessment: Assessment) -> None:
    response = caller.post(SUBMISSIONS, {"declared": True, "answers": plain(), "round_code": "T0"})
    assert response.json()["errors"][0]["reason"] == "required"


def test_what_the_company_answered_itself_stays(caller: Caller, assessment: Assessment, owner: User) -> None:
    factories.store_answers(assessment, factories.full_answers(1), by=owner)
    response = caller.post(SUBMISSIONS, document(assessment))
    assert (response.status_code, response.json()["code"]) == (409, "answered-by-company")
    assert response.json()["errors"][0]["reason"] == "answered_by_company"
    assert not Submission.objects.exists()


def test_frozen_round_takes_nothing(caller: Caller, assessment: Assessment) -> None:
    assessment.round.frozen_at = timezone.now()
    assessment.round.save()
    response = caller.post(SUBMISSIONS, document(assessment))
    assert (response.status_code, response.json()["code"]) == (409, "frozen")


def test_assessment_of_another_city_is_unknown(other_caller: Caller, assessment: Assessment) -> None:
    response = other_caller.post(SUBMISSIONS, document(assessment))
    assert response.json()["errors"][0]["reason"] == "unknown_assessment"
    path = f"/api/v1/assessments/{assessment.pk}/answers/"
    assert other_caller.patch(path, {"answers": {"B2": "C"}}, **{"If-Match": "*"}).status_code == 404


def test_drafts_are_stored_for_the_state_that_was_seen(caller: Caller, assessment: Assessment) -> None:
    path = f"/api/v1/assessments/{assessment.pk}/"
    tag = caller.get(path)["ETag"]
    assert caller.patch(f"{path}answers/", {"answers": {"B2": "C"}}).status_code == 428
    response = caller.patch(f"{path}answers/", {"answers": {"B2": "C", "C01": 2}}, **{"If-Match": tag})
    assert (response.status_code, response.json()["answered"]) == (200, 2)
    assert response["ETag"] == caller.get(path)["ETag"]
    assert caller.patch(f"{path}answers/", {"answers": {"B2": "D"}}, **{"If-Match": tag}).status_code == 412
    assert Answer.objects.get(item="B2").value == "C"
    assert not Submission.objects.exists()


def test_lines_are_stored_or_refused_one_by_one(
    caller: Caller, assessment: Assessment, other_company: Company, release: Release
) -> None:
    other = factories.make_assessment(other_company, assessment.round)
    job = sent_in_bulk(
        caller,
        lines(
            document(assessment),
            "",
            "{nonsense",
            document(other, answers={**plain(), "B2": "Z"}),
            document(other, round=None),
            document(other),
            document(assessment),
        ),
    )
    assert (job["state"], job["percent"]) == ("done", 100)
    assert {key: job["result"][key] for key in ("submitted", "unchanged", "refused")} == {
        "submitted": 2,
        "unchanged": 1,
        "refused": 3,
    }
    assert [(fault["line"], fault["reason"], fault.get("pointer")) for fault in job["result"]["faults"]] == [
        (3, "not_json", None),
        (4, "unknown_option", "#/answers/B2"),
        (5, "null", "#/round"),
    ]
    # The worker speaks the language of the installation to people.
    assert job["result"]["faults"][-1]["detail"] == "This field may not be null."
    assert Submission.objects.filter(origin="api").count() == 2
    scoring = Job.objects.get(kind="score-submissions")
    assert len(scoring.parameters["submissions"]) == 2


def test_job_whose_worker_died_goes_on_after_the_last_chunk(
    caller: Caller, assessment: Assessment, other_company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "LINES_AT_ONCE", 1)
    other = factories.make_assessment(other_company, assessment.round)
    response = caller.post(
        BULK, lines(document(assessment), document(other)), content_type="application/x-ndjson"
    )
    receive = sending.receive_submission

    def die(*arguments: Any, **options: Any) -> Any:
        if Submission.objects.exists():
            raise SystemExit
        return receive(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(receiving, "receive_submission", die)
        with pytest.raises(SystemExit):
            receiving.receive_submissions(response.json()["id"])
    assert Job.objects.get().done == 1
    Job.objects.update(state=Job.State.QUEUED)
    receiving.receive_submissions(response.json()["id"])
    job = caller.get(response["Location"]).json()
    assert (job["state"], job["result"]["submitted"], job["result"]["unchanged"]) == ("done", 2, 0)


def test_cancelled_job_does_no_more(caller: Caller, assessment: Assessment) -> None:
    response = caller.post(BULK, lines(document(assessment)), content_type="application/x-ndjson")
    path = f"/api/v1/jobs/{response.json()['id']}/cancel/"
    assert caller.post(path, None).json()["state"] == "cancelled"
    receiving.receive_submissions(response.json()["id"])
    assert not Submission.objects.exists()
    assert caller.post(path, None).json()["state"] == "cancelled"


@pytest.mark.parametrize("body", [b"", b"\n\n", b"{}\n" * 10_001])
def test_no_line_or_too_many_are_refused_at_once(caller: Caller, body: bytes) -> None:
    response = caller.post(BULK, body, content_type="application/x-ndjson")
    assert response.status_code == 400
    assert response.json()["errors"][0]["reason"] == "bad_number_of_lines"
    assert not Job.objects.exists()


def test_job_of_another_account_cannot_be_stopped(
    caller: Caller, other_caller: Caller, assessment: Assessment
) -> None:
    response = caller.post(BULK, lines(document(assessment)), content_type="application/x-ndjson")
    path = f"/api/v1/jobs/{response.json()['id']}/cancel/"
    assert other_caller.post(path, None).status_code == 404
    without = caller_for(assessment.round.programme, "jobs:read")
    assert without.post(path, None).json()["required_scope"] == "submissions:write"
