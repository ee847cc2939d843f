"""Taking a submission back before its review, and correcting it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from assessments.actions import submissions, withdrawals
from assessments.actions.withdrawals import CannotWithdraw
from assessments.models import Answer, Assessment, ScoreRun, Submission
from assessments.models.stage import Stage
from assessments.scoring.compute import point_to_runs, score_and_store
from audit.models import AuditEvent
from benchmarks.models import Release
from cohort.queries.file import list_result_columns
from companies.permissions import Forbidden
from tests import factories
from tests.assessments.pages import sign_in

pytestmark = pytest.mark.django_db


def test_withdrawn_result_counts_nowhere_and_can_be_corrected(
    scored: Assessment, owner: User, release: Release
) -> None:
    withdrawals.withdraw_submission(assessment=scored, by=owner)

    scored.refresh_from_db()
    assert (scored.run, scored.submitted_at, scored.scored_at) == (None, None, None)
    assert scored.stage == Stage.STARTED
    assert list_result_columns([scored]) == []
    point_to_runs({scored.pk}, release)
    scored.refresh_from_db()
    assert [scored.run] == [None]
    assert ScoreRun.objects.count() == 1
    assert AuditEvent.objects.filter(action="submission.withdrawn", by=owner).exists()

    again = submissions.submit_answers(assessment=scored, declared=True, by=owner)
    first = Submission.objects.get(supersedes__isnull=True)
    assert (again.supersedes, again.sha256) == (first, first.sha256)
    score_and_store([again], release)
    scored.refresh_from_db()
    assert scored.run is not None
    assert scored.run.submission == again
    assert Submission.objects.filter_counting().get() == again


@pytest.mark.parametrize("reviewed", ["recommended_at", "verified_at", "accepted_at"])
def test_submission_under_review_cannot_be_withdrawn(scored: Assessment, owner: User, reviewed: str) -> None:
    Assessment.objects.filter(pk=scored.pk).update(**{reviewed: timezone.now()})
    with pytest.raises(CannotWithdraw):
        withdrawals.withdraw_submission(assessment=scored, by=owner)
    scored.refresh_from_db()
    assert scored.run is not None


def test_nothing_is_withdrawn_twice(scored: Assessment, owner: User) -> None:
    withdrawals.withdraw_submission(assessment=scored, by=owner)
    with pytest.raises(CannotWithdraw):
        withdrawals.withdraw_submission(assessment=scored, by=owner)


def test_only_who_submits_withdraws(scored: Assessment, colleague: User, client: Client) -> None:
    with pytest.raises(Forbidden):
        withdrawals.withdraw_submission(assessment=scored, by=colleague)
    address = reverse("assessments:withdraw", args=[scored.pk])
    assert sign_in(client, colleague).post(address).status_code == 403


def test_page_asks_first_and_the_receipt_says_so_afterwards(
    client: Client, scored: Assessment, owner: User
) -> None:
    sign_in(client, owner)
    address = reverse("assessments:withdraw", args=[scored.pk])
    assert b"Keep it" in client.get(address).content
    assert Submission.objects.exclude_withdrawn().exists()
    home = client.post(address, follow=True).content.decode()
    assert "was withdrawn" in home
    assert "Check your answers and submit" in home
    receipt = client.get(reverse("assessments:receipt", args=[Submission.objects.get().pk]))
    assert b"Withdrawn by Alice" in receipt.content


def test_receipt_is_a_document_with_the_answers_and_repeats_exactly(
    client: Client, scored: Assessment, owner: User, stranger: User
) -> None:
    submission = Submission.objects.get()
    address = reverse("assessments:receipt_document", args=[submission.pk])
    sign_in(client, owner, "zh-hans")
    first = b"".join(client.get(address))
    Answer.objects.update(value="A")
    response = client.get(address)
    assert response.headers["Content-Type"] == "application/pdf"
    assert submission.number in response.headers["Content-Disposition"]
    assert b"".join(response) == first
    text = factories.text_of_pdf(first)
    assert submission.number in text
    assert submission.sha256 in text.replace("\n", "")
    assert scored.company.name in text
    assert sign_in(Client(), stranger).get(address).status_code == 404


def test_delegate_submits_and_member_does_not(client: Client, answered: Assessment, colleague: User) -> None:
    delegate = factories.make_member(answered.company, "Dan", Role.DELEGATE)
    address = reverse("assessments:submit", args=[answered.pk])
    assert sign_in(client, colleague).post(address, {"declared": "yes"}).status_code == 403
    assert sign_in(client, delegate).post(address, {"declared": "yes"}).status_code == 302
    assert Submission.objects.get().submitted_by == delegate
