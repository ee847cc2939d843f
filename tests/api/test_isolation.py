"""A key reaches the companies of its own programmes and nothing else."""

from __future__ import annotations

import pytest

from assessments.models import Assessment, ScoreRun
from benchmarks.models import Release
from companies.models import Listing, Programme
from jobs.work import enqueue
from tests.api.conftest import Caller

LISTS = (
    "programmes",
    "rounds",
    "companies",
    "assessments",
    "submissions",
    "scores",
    "facilities",
    "releases",
    "jobs",
    "events",
    "webhooks",
)


@pytest.fixture
def objects(scored: Assessment, release: Release, caller: Caller) -> dict[str, str]:
    """One object of each resource that has an owner, by the resource's name."""
    run = ScoreRun.objects.get()
    job = enqueue("score-submission", key="test", parameters={}, by=caller.key.user)
    return {
        "programmes": str(scored.round.programme_id),
        "rounds": str(scored.round_id),
        "companies": str(scored.company_id),
        "assessments": str(scored.pk),
        "submissions": str(run.submission_id),
        "scores": str(run.pk),
        "releases": str(release.pk),
        "jobs": str(job.pk),
    }


def test_own_key_sees_every_object(objects: dict[str, str], caller: Caller) -> None:
    for resource, pk in objects.items():
        single = caller.get(f"/api/v1/{resource}/{pk}/")
        assert single.status_code == 200, (resource, single.content)
        assert single.json()["id"] == pk
        assert pk in [row["id"] for row in caller.get(f"/api/v1/{resource}/").json()["results"]]


def test_key_of_another_city_finds_no_object(objects: dict[str, str], other_caller: Caller) -> None:
    for resource, pk in objects.items():
        response = other_caller.get(f"/api/v1/{resource}/{pk}/")
        assert response.status_code == 404, resource
        assert response.json()["code"] == "not-found"


def test_key_of_another_city_gets_empty_lists(objects: dict[str, str], other_caller: Caller) -> None:
    for resource in LISTS:
        results = other_caller.get(f"/api/v1/{resource}/").json()["results"]
        own = [str(other_caller.key.user.programme_roles.get().programme_id)]
        assert [row["id"] for row in results] == (own if resource == "programmes" else []), resource


def test_filters_do_not_widen_what_a_key_sees(objects: dict[str, str], other_caller: Caller) -> None:
    for query in (
        f"companies/?programme={objects['programmes']}",
        f"assessments/?round={objects['rounds']}",
        f"submissions/?company={objects['companies']}",
        f"scores/?submission={objects['submissions']}",
    ):
        assert other_caller.get(f"/api/v1/{query}").json()["results"] == []


def test_preview_by_release_of_another_city_is_refused(objects: dict[str, str], other_caller: Caller) -> None:
    response = other_caller.post("/api/v1/preview/", {"programme": objects["programmes"], "answers": {}})
    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "#/programme"
    assert response.json()["errors"][0]["reason"] == "unknown_programme"


def test_listing_of_another_programme_does_not_show(
    objects: dict[str, str], caller: Caller, other_programme: Programme
) -> None:
    Listing.objects.create(company_id=objects["companies"], programme=other_programme)
    listings = caller.get(f"/api/v1/companies/{objects['companies']}/").json()["listings"]
    assert [listing["programme"] for listing in listings] == [objects["programmes"]]
