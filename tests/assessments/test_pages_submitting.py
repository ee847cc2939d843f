"""Checking, submitting, waiting for the score, the receipt."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from assessments.models import Answer, Assessment, Submission
from assessments.tasks.scoring import build_scoring_key
from benchmarks.models import Release
from jobs.models import Job
from tests.assessments.pages import sign_in

STOP_POLLING = 286


@pytest.fixture
def alice(client: Client, owner: User) -> Client:
    return sign_in(client, owner)


def submit(client: Client, assessment: Assessment, **fields: str) -> object:
    return client.post(reverse("assessments:submit", args=[assessment.pk]), fields or {"declared": "yes"})


def page(client: Client, name: str, assessment: Assessment) -> str:
    return client.get(reverse(f"assessments:{name}", args=[assessment.pk])).content.decode()


def test_check_page_blames_nobody_before_an_attempt(alice: Client, assessment: Assessment) -> None:
    assert "error-summary" not in page(alice, "check", assessment)


def test_submitting_unfinished_answers_lists_what_is_missing(alice: Client, answered: Assessment) -> None:
    Answer.objects.filter(item="B3").delete()
    Answer.objects.filter(item="X5").update(state="not_applicable", value=None, reason="")
    Answer.objects.filter(item="b12").update(state="later", value=None)
    response = alice.post(reverse("assessments:submit", args=[answered.pk]), {"declared": "yes"})
    text = response.content.decode()
    assert response.status_code == 422
    assert "3 answers are missing or need a change" in text
    for item, section in (("B3", "S2"), ("X5", "S2"), ("b12", "S1")):
        url = reverse("assessments:section", args=[answered.pk, section])
        assert f'href="{url}?check=1&amp;from=check#{item}"' in text
    assert not Submission.objects.exists()
    back = alice.get(reverse("assessments:section", args=[answered.pk, "S2"]), {"check": "1"})
    assert 'href="#B3"' in back.content.decode()


def test_submitting_without_the_declaration_is_refused(alice: Client, answered: Assessment) -> None:
    response = alice.post(reverse("assessments:submit", args=[answered.pk]), {})
    assert response.status_code == 422
    assert 'href="#declared"' in response.content.decode()
    assert not Submission.objects.exists()


def test_submitting_twice_gives_one_submission(alice: Client, answered: Assessment, release: Release) -> None:
    for _attempt in range(2):
        response = alice.post(reverse("assessments:submit", args=[answered.pk]), {"declared": "yes"})
        assert response.headers["Location"] == reverse("assessments:scoring", args=[answered.pk])
    assert Submission.objects.count() == 1
    assert Job.objects.filter(kind="score-submission").count() == 1


def test_scoring_page_asks_again_until_it_is_done(
    alice: Client, answered: Assessment, release: Release
) -> None:
    submit(alice, answered)
    url = reverse("assessments:scoring", args=[answered.pk])
    assert 'hx-trigger="every 2s"' in alice.get(url).content.decode()
    assert alice.get(url, headers={"HX-Request": "true"}).status_code == 200


def test_scoring_page_stops_with_the_result(alice: Client, scored: Assessment) -> None:
    url = reverse("assessments:scoring", args=[scored.pk])
    response = alice.get(url, headers={"HX-Request": "true"})
    assert response.status_code == STOP_POLLING
    assert reverse("assessments:result", args=[scored.pk]) in response.content.decode()
    assert "hx-get" not in response.content.decode()


def test_scoring_page_says_that_it_failed(alice: Client, answered: Assessment, release: Release) -> None:
    submit(alice, answered)
    Job.objects.filter(key=build_scoring_key(Submission.objects.get(), release)).update(
        state=Job.State.FAILED, error="ValueError: no"
    )
    url = reverse("assessments:scoring", args=[answered.pk])
    response = alice.get(url, headers={"HX-Request": "true"})
    assert response.status_code == STOP_POLLING
    assert "We could not score your answers" in response.content.decode()
    assert "ValueError" not in response.content.decode()


def test_scoring_page_without_a_model_says_so(alice: Client, answered: Assessment) -> None:
    submit(alice, answered)
    assert "No model is in use yet" in page(alice, "scoring", answered)


def test_scoring_page_before_submitting_leads_home(alice: Client, answered: Assessment) -> None:
    response = alice.get(reverse("assessments:scoring", args=[answered.pk]))
    assert response.headers["Location"] == reverse("assessments:home", args=[answered.pk])


def test_receipt_shows_number_hash_and_answers(alice: Client, scored: Assessment) -> None:
    submission = Submission.objects.get()
    text = alice.get(reverse("assessments:receipt", args=[submission.pk])).content.decode()
    assert submission.number in text
    assert submission.sha256 in text
    assert text.count('scope="row"') == 60


def test_changing_an_answer_after_submitting_asks_to_submit_again(alice: Client, scored: Assessment) -> None:
    assert "See the result" in page(alice, "home", scored)
    url = reverse("assessments:answer", args=[scored.pk, "B5"])
    alice.post(url, {"B5": "E", "B5-revision": "1"}, headers={"HX-Request": "true"})
    assert "You changed answers after submitting" in page(alice, "home", scored)
    submit(alice, scored)
    first, second = Submission.objects.order_by("submitted_at")
    assert second.supersedes == first
    text = alice.get(reverse("assessments:receipt", args=[first.pk])).content.decode()
    assert second.number in text
