"""Rounds: opened for all companies by a job, moved, frozen, reopened; extensions of single companies."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Notice, NoticeKind, User
from accounts.notice_messages import encode_notice_value
from assessments.actions import answers, rounds, submissions
from assessments.actions.answers import AnswersLocked
from assessments.actions.rounds import RoundRefused
from assessments.models import Assessment, PublishedVersion, Round
from assessments.rounds.closing import close_due_rounds
from assessments.rounds.instruments import NotPublished
from assessments.rounds.opening import add_companies
from assessments.tasks.rounds import ANNOUNCE_DEADLINE, announce_deadlines
from assessments.tasks.rounds import open_round as open_round_job
from audit.models import AuditEvent
from companies.models import Company, Listing, Programme
from companies.permissions import Forbidden
from instrument import CURRENT, AnswerState, ItemAnswer
from jobs.models import Job
from tests import factories

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def open_t0(programme: Programme, by: User | None) -> Round:
    now = timezone.now()
    return rounds.open_round(
        programme=programme, code="T0", opens_at=now, deadline=now + 30 * DAY, closes_at=now + 40 * DAY, by=by
    )


def answer(assessment: Assessment, by: User) -> None:
    answers.save_answer(
        assessment=Assessment.objects.select_related("round", "company").get(pk=assessment.pk),
        item="X1",
        answer=ItemAnswer(AnswerState.ANSWERED, value=2),
        revision=0,
        by=by,
    )


def test_opening_a_round_queues_one_job_that_makes_each_assessment_once(
    programme: Programme, officer: User
) -> None:
    for number in range(1, 4):
        factories.make_company(programme, number=number)
    Listing.objects.filter(company=factories.make_company(programme)).update(
        ended_on=timezone.localdate(), end_kind="left"
    )

    opened = open_t0(programme, officer)

    assert not Assessment.objects.exists()
    job = Job.objects.get()
    assert job.created_by == officer
    for _time in range(2):
        open_round_job(str(job.pk))
    add_companies(opened)
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.result) == (Job.State.DONE, 3, 3, {"added": 3})
    assert Assessment.objects.count() == 3


def test_opening_goes_on_after_a_breakdown(
    programme: Programme, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assessments.rounds.opening.CHUNK", 2)
    for number in range(1, 6):
        factories.make_company(programme, number=number)
    opened = open_t0(programme, officer)

    def die(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        add_companies(opened, progress=die)
    assert Assessment.objects.count() == 2
    told: list[tuple[int, int]] = []
    assert add_companies(opened, progress=lambda done, total: told.append((done, total))) == 3
    assert Assessment.objects.count() == 5
    assert told == [(4, 5), (5, 5)]


def test_companies_listed_later_are_added_by_a_job_of_their_own(programme: Programme, officer: User) -> None:
    opened = open_t0(programme, officer)
    rounds.add_companies(round_=opened, by=officer)
    assert Job.objects.count() == 1
    factories.make_company(programme, number=1)
    rounds.add_companies(round_=opened, by=officer)
    assert Job.objects.count() == 2


def test_same_round_is_not_opened_twice(programme: Programme, officer: User) -> None:
    open_t0(programme, officer)
    with pytest.raises(RoundRefused):
        open_t0(programme, officer)
    assert Round.objects.count() == Job.objects.count() == 1


def test_round_takes_the_version_of_the_programme_and_refuses_one_that_is_not_published(
    programme: Programme, officer: User
) -> None:
    programme.instrument_version = "2099.1"
    with pytest.raises(NotPublished):
        open_t0(programme, officer)
    programme.instrument_version = ""
    assert open_t0(programme, officer).instrument_version == CURRENT
    PublishedVersion.objects.update(sha256="0" * 64)
    Round.objects.all().delete()
    with pytest.raises(NotPublished):
        open_t0(programme, officer)


@pytest.mark.parametrize(("deadline", "closes"), [(-1, None), (5, 4)])
def test_times_out_of_order_are_refused(
    programme: Programme, officer: User, deadline: int, closes: int | None
) -> None:
    now = timezone.now()
    with pytest.raises(RoundRefused):
        rounds.open_round(
            programme=programme,
            code="T0",
            opens_at=now,
            deadline=now + deadline * DAY,
            closes_at=now + closes * DAY if closes else None,
            by=officer,
        )
    assert not Round.objects.exists()


def test_only_who_runs_the_programme_opens_moves_and_freezes(
    programme: Programme, assessment: Assessment, round_t0: Round, auditor: User, assessor: User
) -> None:
    later = timezone.now() + 90 * DAY
    for person in (auditor, assessor):
        for act in (
            lambda by: open_t0(programme, by),
            lambda by: rounds.change_times(round_=round_t0, deadline=later, closes_at=None, by=by),
            lambda by: rounds.close_round(round_=round_t0, by=by),
            lambda by: rounds.extend_deadline(assessment=assessment, until=later, reason="Flood", by=by),
            lambda by: rounds.add_companies(round_=round_t0, by=by),
        ):
            with pytest.raises(Forbidden):
                act(person)
    assert not AuditEvent.objects.exists()


def test_closing_time_freezes_to_the_second_and_is_written_down_once(
    assessment: Assessment, round_t0: Round, owner: User
) -> None:
    closed = timezone.now() - timedelta(minutes=1)
    Round.objects.update(deadline=closed, closes_at=closed)
    with pytest.raises(AnswersLocked):
        answer(assessment, owner)
    assert (close_due_rounds(), close_due_rounds()) == (1, 0)
    round_t0.refresh_from_db()
    assert round_t0.frozen_at == closed
    assert AuditEvent.objects.get(action="round.frozen").by is None


def test_round_that_has_not_opened_takes_no_answers(assessment: Assessment, owner: User) -> None:
    Round.objects.update(opens_at=timezone.now() + DAY)
    with pytest.raises(AnswersLocked):
        answer(assessment, owner)


def test_extension_outlasts_the_freeze_for_one_company(
    answered: Assessment, round_t0: Round, owner: User, officer: User, other_company: Company, stranger: User
) -> None:
    other = factories.make_assessment(other_company, round_t0)
    rounds.extend_deadline(
        assessment=answered, until=timezone.now() + 60 * DAY, reason="Fire at the plant", by=officer
    )
    rounds.close_round(round_=round_t0, by=officer)

    with pytest.raises(AnswersLocked):
        answer(other, stranger)
    current = Assessment.objects.select_related("round", "company").get(pk=answered.pk)
    assert current.can_change
    assert current.deadline == answered.extended_until
    assert submissions.submit_answers(assessment=current, declared=True, by=owner)
    event = AuditEvent.objects.get(action="assessment.extended")
    assert (event.by, event.details["reason"]) == (officer, "Fire at the plant")

    rounds.withdraw_extension(assessment=current, by=officer)
    assert not Assessment.objects.select_related("round").get(pk=answered.pk).can_change


def test_company_is_told_of_more_time_and_of_its_end(
    answered: Assessment, owner: User, colleague: User, officer: User
) -> None:
    until = timezone.now() + 60 * DAY
    rounds.extend_deadline(assessment=answered, until=until, reason="Fire at the plant", by=officer)
    rounds.extend_deadline(assessment=answered, until=until, reason="Fire at the plant", by=officer)
    told = Notice.objects.get(kind=NoticeKind.DEADLINE)
    assert told.user == owner
    assert told.parameters["deadline"] == encode_notice_value(timezone.localdate(until))

    rounds.withdraw_extension(assessment=answered, by=officer)
    last = Notice.objects.filter(kind=NoticeKind.DEADLINE).latest("created_at")
    assert last.parameters["deadline"] == encode_notice_value(timezone.localdate(answered.round.deadline))


def test_new_deadline_of_a_round_is_told_to_those_who_have_not_submitted(
    assessment: Assessment,
    round_t0: Round,
    other_company: Company,
    stranger: User,
    owner: User,
    officer: User,
) -> None:
    now = timezone.now()
    Assessment.objects.update(invited_at=now)
    factories.make_assessment(other_company, round_t0, invited_at=now, submitted_at=now)
    deadline = round_t0.deadline + 7 * DAY
    assert rounds.change_times(round_=round_t0, deadline=deadline, closes_at=None, by=officer)
    job = Job.objects.get(kind=ANNOUNCE_DEADLINE)
    announce_deadlines(str(job.pk))
    told = Notice.objects.get(kind=NoticeKind.DEADLINE)
    assert told.user == owner
    assert told.parameters["deadline"] == encode_notice_value(timezone.localdate(deadline))
    Job.objects.update(state=Job.State.QUEUED)
    announce_deadlines(str(job.pk))
    assert Notice.objects.filter(kind=NoticeKind.DEADLINE).count() == 1


@pytest.mark.parametrize(("days", "reason"), [(60, " "), (20, "Flood"), (-1, "Flood")])
def test_extension_needs_a_reason_and_a_later_day(
    assessment: Assessment, officer: User, days: int, reason: str
) -> None:
    with pytest.raises(RoundRefused):
        rounds.extend_deadline(
            assessment=assessment, until=timezone.now() + days * DAY, reason=reason, by=officer
        )


def test_reopened_round_takes_answers_again_and_says_why(
    assessment: Assessment, round_t0: Round, owner: User, officer: User
) -> None:
    rounds.close_round(round_=round_t0, by=officer)
    later = timezone.now() + 5 * DAY
    with pytest.raises(RoundRefused):
        rounds.change_times(round_=round_t0, deadline=later, closes_at=None, by=officer)
    with pytest.raises(RoundRefused):
        rounds.reopen_round(round_=round_t0, deadline=later, closes_at=None, reason="", by=officer)

    rounds.reopen_round(round_=round_t0, deadline=later, closes_at=later, reason="Power cut", by=officer)

    answer(assessment, owner)
    assert AuditEvent.objects.get(action="round.reopened").details["reason"] == "Power cut"
    assert close_due_rounds() == 0


def test_deadline_moves_once(round_t0: Round, officer: User) -> None:
    later = timezone.now() + 50 * DAY
    moved = [rounds.change_times(round_=round_t0, deadline=later, closes_at=later, by=officer) for _ in "ab"]
    assert moved == [True, False]
    assert AuditEvent.objects.filter(action="round.deadline_moved").count() == 1
