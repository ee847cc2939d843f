"""Who is reminded, who is left alone and why; what companies are told of their assessment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from accounts.models import Notice, NoticeKind, User
from accounts.roles import Role
from assessments.actions.reminders import PAUSE, ReminderSkipReason, preview_reminders, remind_companies
from assessments.actions.rounds import invite_company
from assessments.actions.submissions import submit_answers
from assessments.models import Assessment, Reminder, Round
from assessments.scoring.compute import score_and_store
from audit.models import AuditEvent
from benchmarks.models import Release
from companies.models import Company, Programme
from companies.permissions import Forbidden
from tests import factories

pytestmark = pytest.mark.django_db


def reasons(*assessments: Assessment, by: User) -> list[ReminderSkipReason]:
    return [row.reason for row in preview_reminders(assessments=assessments, by=by).left_out]


@pytest.fixture
def people(owner: User, colleague: User, provider: User) -> list[User]:
    return [owner, colleague, provider]


@pytest.mark.usefixtures("people")
def test_owner_is_reminded_and_neither_members_nor_the_provider(
    assessment: Assessment, owner: User, officer: User
) -> None:
    outcome = remind_companies(assessments=[assessment], by=officer)

    assert [row.people for row in outcome.reminded] == [(owner,)]
    [notice] = Notice.objects.all()
    assert (notice.user, notice.kind, notice.parameters["left"]) == (owner, NoticeKind.REMINDER, 60)
    assert Reminder.objects.get().people == 1
    event = AuditEvent.objects.get(action="company.reminded")
    assert (event.by, event.company_id) == (officer, assessment.company_id)


def test_members_are_reminded_where_there_is_no_owner(
    assessment: Assessment, colleague: User, officer: User
) -> None:
    assert [row.people for row in preview_reminders(assessments=[assessment], by=officer).reminded] == [
        (colleague,)
    ]


@pytest.mark.usefixtures("owner")
def test_preview_sends_nothing(assessment: Assessment, officer: User) -> None:
    assert preview_reminders(assessments=[assessment], by=officer).people == 1
    assert not Notice.objects.exists()
    assert not Reminder.objects.exists()


def test_company_that_has_submitted_is_left_alone(answered: Assessment, owner: User, officer: User) -> None:
    submit_answers(assessment=answered, declared=True, by=owner)

    assert reasons(answered, by=officer) == [ReminderSkipReason.SUBMITTED]


@pytest.mark.usefixtures("owner")
def test_second_reminder_waits_seven_days(assessment: Assessment, officer: User) -> None:
    remind_companies(assessments=[assessment], by=officer)

    again = remind_companies(assessments=[assessment], by=officer)
    assert [row.reason for row in again.left_out] == [ReminderSkipReason.RECENT]
    assert Reminder.objects.count() == 1

    Reminder.objects.update(sent_at=timezone.now() - PAUSE - timedelta(minutes=1))
    assert len(remind_companies(assessments=[assessment], by=officer).reminded) == 1


@pytest.mark.usefixtures("owner")
@override_settings(REMINDERS_IN_A_ROUND=2)
def test_reminders_of_a_round_are_limited(assessment: Assessment, officer: User) -> None:
    long_ago = timezone.now() - timedelta(days=20)
    Reminder.objects.bulk_create(
        Reminder(assessment=assessment, people=1, sent_at=long_ago) for _ in range(2)
    )

    assert reasons(assessment, by=officer) == [ReminderSkipReason.OFTEN]


@pytest.mark.usefixtures("owner")
def test_closed_round_needs_no_reminder(assessment: Assessment, officer: User) -> None:
    Round.objects.update(frozen_at=timezone.now())

    assert reasons(assessment, by=officer) == [ReminderSkipReason.CLOSED]


def test_people_who_left_get_no_reminder(assessment: Assessment, owner: User, officer: User) -> None:
    owner.is_active = False
    owner.save()

    assert reasons(assessment, by=officer) == [ReminderSkipReason.NOBODY]


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.ASSESSOR])
def test_only_who_runs_the_programme_reminds(
    assessment: Assessment, programme: Programme, role: Role
) -> None:
    with pytest.raises(Forbidden):
        remind_companies(assessments=[assessment], by=factories.make_staff(programme, role))

    assert not Notice.objects.exists()


def test_preview_costs_the_same_for_many_companies(
    programme: Programme, round_t0: Round, officer: User, django_assert_num_queries: Any
) -> None:
    assessments = []
    for number in range(1, 6):
        company = factories.make_company(programme, number=number)
        factories.make_member(company, f"Owner {number}")
        assessments.append(factories.make_assessment(company, round_t0))

    with django_assert_num_queries(4):
        preview_reminders(assessments=assessments[:1], by=officer)
    with django_assert_num_queries(4):
        outcome = preview_reminders(assessments=assessments, by=officer)

    assert (len(outcome.reminded), outcome.people, outcome.reasons) == (5, 5, [])


def test_company_is_invited_once(assessment: Assessment, owner: User, officer: User) -> None:
    invite_company(assessment=assessment, by=officer)
    invite_company(assessment=assessment, by=officer)

    [notice] = Notice.objects.all()
    assert (notice.user, notice.kind) == (owner, NoticeKind.INVITATION)


def test_first_result_is_told_and_another_release_is_not(
    answered: Assessment, owner: User, company: Company, release: Release
) -> None:
    delegate = factories.make_member(company, "Delegate", Role.DELEGATE)
    made = submit_answers(assessment=answered, declared=True, by=owner)

    score_and_store([made], release)
    score_and_store([made], release)

    told = Notice.objects.filter(kind=NoticeKind.SCORED)
    assert {notice.user for notice in told} == {owner, delegate}
    assert told.count() == 2
    assert all("score" not in notice.parameters for notice in told)
