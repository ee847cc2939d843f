"""An officer enters answers for a company: marked as such, seen by the company, and never verified by that officer."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from assessments.actions import answers, submissions
from assessments.models import Answer, Assessment, Submission
from companies.models import ProgrammeRole
from companies.permissions import Forbidden, has_represented
from instrument import AnswerState, ItemAnswer
from tests import factories

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def enter(assessment: Assessment, by: User, revision: int = 0) -> None:
    answers.save_answer(
        assessment=assessment,
        item="X1",
        answer=ItemAnswer(AnswerState.ANSWERED, value=2),
        revision=revision,
        by=by,
    )


def test_answer_of_the_bureau_is_marked_and_bars_its_author_from_verifying(
    assessment: Assessment, officer: User, owner: User, client: Client
) -> None:
    enter(assessment, officer)

    assert Answer.objects.get().on_behalf
    assert has_represented(officer, assessment.company)
    client.force_login(owner, backend=BACKEND)
    page = client.get(reverse("assessments:changes", args=[assessment.pk, "X1"])).content.decode()
    assert officer.name in page
    assert "代企业填写" in page


def test_answer_of_the_company_is_not_marked(assessment: Assessment, owner: User) -> None:
    enter(assessment, owner)
    assert not Answer.objects.get().on_behalf


def test_submission_of_the_bureau_says_where_it_came_from(answered: Assessment, officer: User) -> None:
    made = submissions.submit_answers(assessment=answered, declared=True, by=officer)
    assert made.origin == Submission.Origin.BUREAU
    assert has_represented(officer, answered.company)


@pytest.mark.parametrize("role", [Role.ASSESSOR, Role.AUDITOR, Role.STEWARD, Role.ADMINISTRATOR])
def test_no_other_staff_answers_for_a_company(assessment: Assessment, role: Role) -> None:
    person = factories.make_staff(assessment.round.programme, role)
    with pytest.raises(Forbidden):
        enter(assessment, person)
    assert not Answer.objects.exists()


def test_officer_who_is_also_assessor_saves_from_the_page(
    assessment: Assessment, officer: User, client: Client
) -> None:
    ProgrammeRole.objects.create(user=officer, programme=assessment.round.programme, role=Role.ASSESSOR.value)
    client.force_login(officer, backend=BACKEND)
    assert not has_represented(officer, assessment.company)
    section = client.get(reverse("assessments:section", args=[assessment.pk, "S2"]))
    assert section.status_code == 200
    assert section.context["stands_in"]
    assert section.context["can_answer"]
