"""What a program that keeps a copy has to learn: what was taken back, who left, who came, who merged."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest
from django.utils import timezone

from accounts.models import User
from assessments.actions import enrolment, withdrawals
from assessments.models import Assessment
from companies import actions as companies
from companies.models import Company, Listing, Programme
from tests.api.conftest import Caller

REASON = "As the company wrote."


def changed_since(caller: Caller, moment: datetime) -> dict[str, dict[str, Any]]:
    """The companies that changed, by id."""
    page = caller.get(f"/api/v1/companies/?updated_since={quote(moment.isoformat())}").json()
    return {row["id"]: row for row in page["results"]}


def test_submission_that_was_taken_back_says_so_and_counts_no_more(
    caller: Caller, scored: Assessment, owner: User
) -> None:
    (before,) = caller.get("/api/v1/submissions/").json()["results"]
    assert before["withdrawn_at"] is None

    withdrawn = withdrawals.withdraw_submission(assessment=scored, by=owner)

    (after,) = caller.get("/api/v1/submissions/").json()["results"]
    moment = datetime.fromisoformat(after["withdrawn_at"])
    assert moment == withdrawn.withdrawn_at
    assert after == {**before, "withdrawn_at": after["withdrawn_at"]}
    assert caller.get(f"/api/v1/submissions/{after['id']}/").json()["withdrawn_at"] == after["withdrawn_at"]
    assert caller.get("/api/v1/scores/?current=true").json()["results"] == []
    (event,) = caller.get("/api/v1/events/?type=submission.withdrawn").json()["results"]
    assert (event["resource"], event["subject_id"]) == ("submissions", after["id"])


def test_company_that_leaves_and_comes_back_has_changed(
    caller: Caller, scored: Assessment, officer: User
) -> None:
    listing = Listing.objects.get(company=scored.company)
    moment = timezone.now()
    assert changed_since(caller, moment) == {}

    enrolment.end_enrolment(listing=listing, on=timezone.localdate(), reason=REASON, by=officer)

    (listed,) = changed_since(caller, moment)[str(scored.company_id)]["listings"]
    assert (listed["ended_on"], listed["end_kind"]) == (timezone.localdate().isoformat(), "left")
    assert REASON not in str(listed)
    assert caller.get(f"/api/v1/assessments/{scored.pk}/").json()["closed_at"] is not None
    moment = timezone.now()

    enrolment.resume_enrolment(listing=listing, reason=REASON, by=officer)

    (listed,) = changed_since(caller, moment)[str(scored.company_id)]["listings"]
    assert (listed["ended_on"], listed["end_kind"]) == (None, "")


def test_company_that_was_taken_over_names_the_other(
    caller: Caller, company: Company, other_company: Company, officer: User
) -> None:
    moment = timezone.now()
    enrolment.merge_companies(
        absorbed=company, into=other_company, on=timezone.localdate(), reason=REASON, by=officer
    )
    found = changed_since(caller, moment)[str(company.pk)]
    assert found["merged_into"] == str(other_company.pk)
    assert found["merged_on"] == timezone.localdate().isoformat()
    assert found["listings"][0]["end_kind"] == "merged"


@pytest.mark.parametrize("details", [{}, {"batch": "2"}])
def test_company_that_another_programme_lists_is_new_there(
    other_caller: Caller, company: Company, other_programme: Programme, details: dict[str, Any]
) -> None:
    if details:
        companies.enlist(company=company, programme=other_programme, by=None)
    moment = timezone.now()
    companies.enlist(company=company, programme=other_programme, by=None, **details)
    assert list(changed_since(other_caller, moment)) == [str(company.pk)]
    moment = timezone.now()
    companies.enlist(company=company, programme=other_programme, by=None, **details)
    assert changed_since(other_caller, moment) == {}
