"""The model's pages: who sees what, and how many queries they need."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from assessments.models import Assessment
from benchmarks.actions import facilities, releases
from benchmarks.models import Proposal, Release, Replay
from companies.models import Programme
from jobs.models import Job
from tests.benchmarks.conftest import client_of

PAGES = (
    "benchmarks:overview",
    "benchmarks:facilities",
    "benchmarks:work",
    "assessments:drift",
    "assessments:comparison",
)


def addresses(release: Release) -> list[str]:
    return [*(reverse(name) for name in PAGES), reverse("benchmarks:release", args=[release.pk])]


@pytest.mark.parametrize("person", ["steward", "officer", "auditor"])
def test_staff_with_the_verb_see_all_pages(
    person: str, request: pytest.FixtureRequest, scored: Assessment, candidate: Release
) -> None:
    client = client_of(request.getfixturevalue(person))
    for address in addresses(candidate):
        response = client.get(address)
        assert response.status_code == 200, address


@pytest.mark.parametrize(("person", "status"), [("owner", 404), ("stranger", 404), ("county_reviewer", 403)])
def test_others_are_kept_out(
    person: str, status: int, request: pytest.FixtureRequest, release: Release
) -> None:
    client = client_of(request.getfixturevalue(person))
    for address in addresses(release)[:-1]:
        assert client.get(address).status_code == status, address
    assert client.get(addresses(release)[-1]).status_code == 404


def test_stranger_to_the_site_is_sent_to_sign_in(client: Client, release: Release) -> None:
    for address in addresses(release):
        assert client.get(address).status_code == 302


@pytest.mark.parametrize("person", ["officer", "auditor"])
def test_only_a_steward_may_post(
    person: str, request: pytest.FixtureRequest, candidate: Release, steward: User
) -> None:
    proposal = releases.propose(release=candidate, by=steward)
    client = client_of(request.getfixturevalue(person))
    posts = {
        reverse("benchmarks:train"): {"seed": 1, "alpha": "3"},
        reverse("benchmarks:propose", args=[candidate.pk]): {},
        reverse("benchmarks:withdraw", args=[proposal.pk]): {},
        reverse("assessments:confirm_release", args=[proposal.pk]): {},
        reverse("assessments:roll_back_release"): {},
        reverse("benchmarks:load"): {},
    }
    for address, data in posts.items():
        assert client.post(address, data).status_code == 403, address
    assert client.get(reverse("benchmarks:load")).status_code == 403
    assert client.get(reverse("benchmarks:template")).status_code == 403
    assert Proposal.objects.find_open(candidate.programme) == proposal


def test_proposal_is_confirmed_on_the_page_by_a_second_person(
    candidate: Release, steward: User, second_steward: User
) -> None:
    first, second = client_of(steward), client_of(second_steward)
    first.post(reverse("benchmarks:propose", args=[candidate.pk]), {"reason": "Better"})
    proposal = Proposal.objects.get()
    confirm = reverse("assessments:confirm_release", args=[proposal.pk])
    assert confirm not in first.get(reverse("benchmarks:overview")).content.decode()
    assert confirm in second.get(reverse("benchmarks:overview")).content.decode()
    first.post(confirm)
    assert Release.objects.find_active(candidate.programme) != candidate
    second.post(confirm)
    assert Release.objects.find_active(candidate.programme) == candidate
    second.post(reverse("assessments:roll_back_release"))
    assert Release.objects.find_active(candidate.programme) != candidate


def test_release_with_a_red_check_offers_no_proposal(broken: Release, steward: User) -> None:
    page = client_of(steward).get(reverse("benchmarks:release", args=[broken.pk])).content.decode()
    assert reverse("benchmarks:propose", args=[broken.pk]) not in page
    assert "disabled" in page


def test_training_is_queued_from_the_page(programme: Programme, release: Release, steward: User) -> None:
    client = client_of(steward)
    client.post(reverse("benchmarks:train"), {"seed": "5", "alpha": "cv"})
    job = Job.objects.get(kind="train-release")
    assert job.parameters["alpha"] == "cv"
    client.post(reverse("benchmarks:train"), {"seed": "-5", "alpha": "cv"})
    assert Job.objects.filter(kind="train-release").count() == 1


def test_difference_in_a_replay_is_an_alarm_on_the_page(release: Release, officer: User) -> None:
    named = {"run": "x", "submission": "S-1", "field": "readiness", "stored": 4360, "computed": 4361}
    Replay.objects.create(release=release, compared=10, differing=1, differences=[named])
    assert 'role="alert"' in client_of(officer).get(reverse("benchmarks:overview")).content.decode()
    Replay.objects.create(release=release, compared=10, differing=0)
    assert 'role="alert"' not in client_of(officer).get(reverse("benchmarks:overview")).content.decode()


def test_generated_data_are_labelled_on_every_page(
    scored: Assessment, candidate: Release, officer: User
) -> None:
    facilities.generate(programme=candidate.programme, seed=1, by=None)
    client = client_of(officer)
    for address in addresses(candidate):
        if address != reverse("benchmarks:work"):
            assert "lz-prov" in client.get(address).content.decode(), address


def test_comparison_names_companies_only_to_those_who_may_read_answers(
    scored: Assessment, candidate: Release, officer: User, steward: User
) -> None:
    address = reverse("assessments:comparison")
    assert "Names need the permission" in client_of(steward).get(address).content.decode()
    assert "Names need the permission" not in client_of(officer).get(address).content.decode()


def test_queries_do_not_grow_with_facilities_and_releases(
    programme: Programme,
    release: Release,
    trained: dict[str, object],
    steward: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = client_of(steward)
    facilities.generate(programme=programme, seed=1, by=None)
    for number in range(12):
        Release.objects.create(programme=programme, **{**trained, "name": f"2098.01.{number}"})
    for name in ("benchmarks:overview", "benchmarks:facilities"):
        client.get(reverse(name))
        with django_assert_max_num_queries(22):
            client.get(reverse(name))
