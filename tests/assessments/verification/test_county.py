"""The county's check: who recommends, what is given back, what the company may then change."""

from __future__ import annotations

import pytest

from accounts.emails import compose_email
from accounts.models import NoticeKind, User
from accounts.roles import Role
from assessments.actions import answers, county, submissions
from assessments.models import Answer, Assessment, CountyCheck
from assessments.reviewing.conflicts_of_interest import ConflictOfInterest
from audit.models import AuditEvent
from companies.models import Membership
from companies.permissions import Forbidden
from instrument import AnswerState, ItemAnswer
from tests import factories


def change(assessment: Assessment, item: str, by: User) -> None:
    current = Answer.objects.get(assessment=assessment, item=item)
    answers.save_answer(
        assessment=assessment,
        item=item,
        answer=ItemAnswer(AnswerState.ANSWERED, value=3),
        revision=current.revision,
        by=by,
    )


def test_recommending_locks_the_answers_and_is_recorded(
    scored: Assessment, county_reviewer: User, owner: User
) -> None:
    check = county.recommend_submission(assessment=scored, comment="Seen.", by=county_reviewer)

    scored.refresh_from_db()
    assert scored.recommended_at == check.checked_at
    assert AuditEvent.objects.get(action="assessment.recommended").by == county_reviewer
    with pytest.raises(answers.AnswersLocked):
        change(scored, "C06", owner)
    with pytest.raises(county.NothingToCheck):
        county.recommend_submission(assessment=scored, by=county_reviewer)


def test_return_opens_the_named_items_alone_until_the_company_submits(
    scored: Assessment, county_reviewer: User, owner: User
) -> None:
    made = county.return_items(assessment=scored, items={"C06": "Which lines?"}, by=county_reviewer)

    with pytest.raises(answers.AnswersLocked):
        change(scored, "C07", owner)
    change(scored, "C06", owner)
    with pytest.raises(county.NothingToCheck):
        county.recommend_submission(assessment=scored, by=county_reviewer)

    submission = submissions.submit_answers(assessment=scored, declared=True, by=owner)

    made.refresh_from_db()
    assert (made.answered_by, made.closed_at is not None) == (submission, True)
    assert submission.read_answers()["C06"].value == 3
    county.recommend_submission(assessment=scored, by=county_reviewer)
    assert [check.outcome for check in CountyCheck.objects.all()] == ["recommended", "returned"]


def test_letter_about_a_return_lists_the_questions_as_each_language_does(
    scored: Assessment, county_reviewer: User, owner: User
) -> None:
    county.return_items(assessment=scored, items={"C06": "Which?", "C07": "Why?"}, by=county_reviewer)

    told = owner.notices.get(kind=NoticeKind.RETURNED)

    assert "C06, C07." in compose_email(told).body
    told.user.language = "zh-hans"
    assert "C06、C07。" in compose_email(told).body


def test_return_opens_items_of_a_frozen_round(scored: Assessment, county_reviewer: User, owner: User) -> None:
    county.return_items(assessment=scored, items={"C06": "Which lines?"}, by=county_reviewer)
    scored.round.frozen_at = scored.round.opens_at
    scored.round.save()

    change(scored, "C06", owner)
    submissions.submit_answers(assessment=scored, declared=True, by=owner)
    with pytest.raises(answers.AnswersLocked):
        change(scored, "C06", owner)


@pytest.mark.parametrize(("items", "comment"), [({}, "All of it"), ({"C06": ""}, ""), ({"Z99": "?"}, "")])
def test_return_without_item_or_words_is_refused(
    scored: Assessment, county_reviewer: User, items: dict[str, str], comment: str
) -> None:
    with pytest.raises(county.NoItems):
        county.return_items(assessment=scored, items=items, comment=comment, by=county_reviewer)
    assert not CountyCheck.objects.exists()


def test_reviewer_of_another_county_and_people_of_the_company_do_not_recommend(
    scored: Assessment, owner: User, county_reviewer: User
) -> None:
    elsewhere = factories.make_division(scored.company.division.city, 2)
    other = factories.make_staff(scored.round.programme, Role.COUNTY_REVIEWER, "Elsewhere", area=elsewhere)
    for person in (other, owner):
        with pytest.raises(Forbidden):
            county.recommend_submission(assessment=scored, by=person)
    Membership.objects.create(
        user=county_reviewer, company=scored.company, role=Role.PROVIDER, expires_at=scored.round.opens_at
    )
    with pytest.raises(ConflictOfInterest, match="service provider"):
        county.recommend_submission(assessment=scored, by=county_reviewer)


def test_nothing_submitted_is_nothing_to_check(assessment: Assessment, county_reviewer: User) -> None:
    with pytest.raises(county.NothingToCheck):
        county.recommend_submission(assessment=assessment, by=county_reviewer)
