"""Appeals: by whom, until when, and decided by somebody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import Notice, NoticeKind, User
from assessments.actions import appeals, visits
from assessments.models import Assessment, Decision, Submission, Visit
from assessments.reviewing.conflicts_of_interest import ConflictOfInterest
from companies.models import ProgrammeRole
from companies.permissions import Forbidden
from tests.assessments.verification.conftest import accept_all
from tests.assessments.verification.test_visit import decide, level


@pytest.fixture
def verified(visit: Visit, assessor: User) -> Assessment:
    decide(visit, "C06", assessor, Decision.CHANGED, answer=level(1), remark="Only a sheet.")
    accept_all(visit, assessor)
    visits.finish_visit(visit=visit, by=assessor)
    return Assessment.objects.select_related("round__programme", "company").get(pk=visit.assessment_id)


def test_another_assessor_decides_the_items_under_appeal_and_supersedes(
    verified: Assessment, owner: User, assessor: User, second_assessor: User
) -> None:
    first = verified.submissions.get(kind=Submission.Kind.VERIFIED)
    made = appeals.raise_appeal(assessment=verified, reasons={"C06": "All lines since May."}, by=owner)

    with pytest.raises(ConflictOfInterest, match="Another assessor"):
        visits.start_visit(assessment=verified, by=assessor)
    visit = visits.start_visit(assessment=verified, by=second_assessor)
    assert (visit.appeal, visit.grades.count()) == (made, 59)
    with pytest.raises(visits.NoVisit):
        decide(visit, "C07", second_assessor, revision=1)
    decide(visit, "C06", second_assessor)
    submission = visits.finish_visit(visit=visit, by=second_assessor)

    made.refresh_from_db()
    assert made.decided_at is not None
    assert submission.supersedes == first
    assert (first.read_answers()["C06"].value, submission.read_answers()["C06"].value) == (1, 2)


def test_assessors_are_told_of_an_appeal_unless_their_role_is_over(
    verified: Assessment, owner: User, assessor: User, second_assessor: User
) -> None:
    ProgrammeRole.objects.filter(user=assessor).update(expires_at=timezone.now() - timedelta(days=1))
    appeals.raise_appeal(assessment=verified, reasons={"C06": "All lines since May."}, by=owner)
    assert list(Notice.objects.filter(kind=NoticeKind.APPEAL).values_list("user", flat=True)) == [
        second_assessor.pk
    ]


def test_appeal_that_changes_nothing_ends_in_the_submission_that_was_there(
    verified: Assessment, owner: User, second_assessor: User
) -> None:
    appeals.raise_appeal(assessment=verified, reasons={"C06": "All lines."}, by=owner)
    visit = visits.start_visit(assessment=verified, by=second_assessor)
    decide(visit, "C06", second_assessor, Decision.CHANGED, answer=level(1), remark="Still a sheet.")

    submission = visits.finish_visit(visit=visit, by=second_assessor)

    assert list(verified.submissions.filter(kind=Submission.Kind.VERIFIED)) == [submission]
    with pytest.raises(appeals.NoAppeal):
        appeals.raise_appeal(assessment=verified, reasons={"C06": "Again."}, by=owner)


def test_appeal_too_late_without_reason_or_by_others_is_refused(
    verified: Assessment, owner: User, colleague: User, assessor: User
) -> None:
    with pytest.raises(appeals.NoReason):
        appeals.raise_appeal(assessment=verified, reasons={"C06": " "}, by=owner)
    for person in (colleague, assessor):
        with pytest.raises(Forbidden):
            appeals.raise_appeal(assessment=verified, reasons={"C06": "All lines."}, by=person)
    late = timezone.now() - timedelta(days=settings.APPEAL_DAYS, minutes=1)
    Submission.objects.filter(kind=Submission.Kind.VERIFIED).update(submitted_at=late)
    with pytest.raises(appeals.NoAppeal):
        appeals.raise_appeal(assessment=verified, reasons={"C06": "All lines."}, by=owner)


def test_nothing_verified_is_nothing_to_appeal_against(recommended: Assessment, owner: User) -> None:
    with pytest.raises(appeals.NoAppeal):
        appeals.raise_appeal(assessment=recommended, reasons={"C06": "?"}, by=owner)
