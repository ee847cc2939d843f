"""The visit: decisions, two officers at once, who may not grade, finishing, and the level that counts."""

from __future__ import annotations

import pytest

from accounts.models import User
from accounts.roles import Role
from assessments.actions import answers, submissions, visits
from assessments.answering.revisions import StaleAnswer
from assessments.models import Answer, Assessment, Decision, Grade, GradeRevision, Return, Submission, Visit
from assessments.reviewing.conflicts_of_interest import ConflictOfInterest
from assessments.scoring.compute import score_and_store
from benchmarks.models import Release
from companies.models import Membership, ProgrammeRole
from companies.permissions import Forbidden
from instrument import AnswerState, InvalidAnswer, ItemAnswer, load_instrument
from tests.assessments.verification.conftest import accept_all


def level(value: int) -> ItemAnswer:
    return ItemAnswer(AnswerState.ANSWERED, value=value)


def decide(
    visit: Visit, item: str, by: User, decision: Decision = Decision.ACCEPTED, **given: object
) -> Grade:
    values: dict[str, object] = {"answer": None, "remark": "", "seen_on_site": True, "revision": 0, **given}
    return visits.decide_item(visit=visit, item=item, decision=decision, by=by, **values)  # type: ignore[arg-type]


def test_accepting_takes_the_companys_value_and_a_change_keeps_both(visit: Visit, assessor: User) -> None:
    accepted = decide(visit, "C06", assessor)
    assert (accepted.value, accepted.decision) == (2, "accepted")

    changed = decide(
        visit, "C06", assessor, Decision.CHANGED, answer=level(1), remark="Only a sheet.", revision=1
    )

    assert (changed.value, changed.remark, changed.revision) == (1, "Only a sheet.", 2)
    assert GradeRevision.objects.get().value == 2
    assert Answer.objects.get(assessment=visit.assessment, item="C06").value == 2


def test_second_officer_on_the_same_item_is_told_and_overwrites_nothing(
    visit: Visit, assessor: User, second_assessor: User
) -> None:
    decide(visit, "C06", assessor)

    with pytest.raises(StaleAnswer) as stale:
        decide(visit, "C06", second_assessor, Decision.CHANGED, answer=level(3), remark="Linked.")

    assert stale.value.current.answered_by == assessor
    assert Grade.objects.get().value == 2


def test_decision_sent_twice_is_stored_once(visit: Visit, assessor: User) -> None:
    assert decide(visit, "C06", assessor) == decide(visit, "C06", assessor)
    assert Grade.objects.get().revision == 1


def test_change_without_reason_and_wrong_values_are_refused(visit: Visit, assessor: User) -> None:
    with pytest.raises(visits.NoRemark):
        decide(visit, "C06", assessor, Decision.CHANGED, answer=level(1))
    with pytest.raises(InvalidAnswer):
        decide(visit, "C06", assessor, Decision.CHANGED, answer=level(9), remark="?")
    with pytest.raises(InvalidAnswer):
        decide(visit, "C06", assessor, revision=4)
    assert not Grade.objects.exists()


def test_return_on_site_opens_that_item_for_the_company(visit: Visit, assessor: User, owner: User) -> None:
    decide(visit, "C06", assessor, Decision.RETURNED, remark="Show the orders.")

    given_back = Return.objects.get(closed_at__isnull=True)
    assert [entry.item for entry in given_back.items.all()] == ["C06"]
    answers.save_answer(assessment=visit.assessment, item="C06", answer=level(3), revision=1, by=owner)
    submissions.submit_answers(assessment=visit.assessment, declared=True, by=owner)
    assert decide(visit, "C06", assessor, revision=1).value == 3


def test_visit_needs_a_recommendation(scored: Assessment, assessor: User) -> None:
    with pytest.raises(visits.NoVisit):
        visits.start_visit(assessment=scored, by=assessor)


def test_who_scored_sold_or_checked_never_verifies(
    recommended: Assessment, assessor: User, county_reviewer: User, officer: User, owner: User
) -> None:
    with pytest.raises(Forbidden):
        visits.start_visit(assessment=recommended, by=officer)
    ProgrammeRole.objects.create(
        user=county_reviewer, programme=recommended.round.programme, role=Role.ASSESSOR
    )
    with pytest.raises(ConflictOfInterest, match="for the county"):
        visits.start_visit(assessment=recommended, by=county_reviewer)
    ProgrammeRole.objects.create(user=owner, programme=recommended.round.programme, role=Role.ASSESSOR)
    Membership.objects.filter(user=owner).delete()
    with pytest.raises(ConflictOfInterest, match="entered or submitted"):
        visits.start_visit(assessment=recommended, by=owner)
    Membership.objects.create(
        user=assessor,
        company=recommended.company,
        role=Role.PROVIDER,
        expires_at=recommended.round.opens_at,
    )
    with pytest.raises(ConflictOfInterest, match="service provider"):
        visits.start_visit(assessment=recommended, by=assessor)
    assert not Visit.objects.exists()


def test_finish_needs_every_item(visit: Visit, assessor: User) -> None:
    accept_all(visit, assessor, leave={"C06", "b51"})
    decide(visit, "C06", assessor, Decision.RETURNED, remark="Show the orders.")

    with pytest.raises(visits.NotAllDecided) as refused:
        visits.finish_visit(visit=visit, by=assessor)

    assert set(refused.value.items) == {"C06", "b51"}
    visit.assessment.refresh_from_db()
    assert visit.assessment.verified_at is None


def test_finishing_freezes_verified_values_and_the_level_follows_them(
    visit: Visit, assessor: User, release: Release
) -> None:
    assessment = visit.assessment
    for code in [item.code for item in load_instrument().items if item.part == "scenario"]:
        decide(visit, code, assessor, Decision.CHANGED, answer=level(0), remark="Not seen.")
    accept_all(visit, assessor)

    submission = visits.finish_visit(visit=visit, by=assessor)
    score_and_store([submission], release)

    assessment.refresh_from_db()
    visit.refresh_from_db()
    assert submission.kind == Submission.Kind.VERIFIED
    assert submission.read_answers()["C06"].value == 0
    assert (visit.submission, visit.finished_by) == (submission, assessor)
    assert assessment.verified_at is not None
    assert assessment.self_run is not None
    assert assessment.self_run.official_level == 2
    assert assessment.verified_run is not None
    assert assessment.verified_run.official_level == 0
    assert assessment.run == assessment.verified_run
    with pytest.raises(TypeError):
        submission.save()
    with pytest.raises(visits.NoVisit):
        decide(visit, "C06", assessor, revision=1)
    with pytest.raises(visits.NoVisit):
        visits.finish_visit(visit=visit, by=assessor)
