"""Saving answers through the action."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from assessments.actions import answers
from assessments.actions.answers import AnswersLocked
from assessments.answering.answer_sources import PROVIDER
from assessments.answering.revisions import StaleAnswer
from assessments.models import Answer, AnswerRevision, Assessment, PreScore, PreScoreRevision
from companies.permissions import Forbidden
from instrument import AnswerState, InvalidAnswer, ItemAnswer

pytestmark = pytest.mark.django_db


def chosen(value: object, **more: Any) -> ItemAnswer:
    return ItemAnswer(AnswerState.ANSWERED, value=value, **more)  # type: ignore[arg-type]


def test_first_answer_starts_the_assessment(assessment: Assessment, owner: User) -> None:
    saved = answers.save_answer(assessment=assessment, item="B2", answer=chosen("C"), revision=0, by=owner)

    assert (saved.revision, saved.value, saved.answered_by) == (1, "C", owner)
    assessment.refresh_from_db()
    assert assessment.answered == 1
    assert assessment.started_at is not None


def test_change_keeps_what_was(assessment: Assessment, owner: User, colleague: User) -> None:
    answers.save_answer(assessment=assessment, item="B2", answer=chosen("C"), revision=0, by=owner)
    saved = answers.save_answer(
        assessment=assessment, item="B2", answer=chosen("D"), revision=1, by=colleague
    )

    assert saved.revision == 2
    before = AnswerRevision.objects.get()
    assert (before.value, before.answered_by, before.revision) == ("C", owner, 1)
    assessment.refresh_from_db()
    assert assessment.answered == 1


def test_stale_save_shows_what_is_there_and_stores_nothing(
    assessment: Assessment, owner: User, colleague: User
) -> None:
    answers.save_answer(assessment=assessment, item="B2", answer=chosen("C"), revision=0, by=owner)
    answers.save_answer(assessment=assessment, item="B2", answer=chosen("D"), revision=1, by=colleague)

    with pytest.raises(StaleAnswer) as caught:
        answers.save_answer(assessment=assessment, item="B2", answer=chosen("A"), revision=1, by=owner)

    assert caught.value.current.value == "D"
    assert Answer.objects.get().value == "D"


def test_save_that_read_too_early_is_stale_and_keeps_the_other(
    assessment: Assessment, owner: User, colleague: User
) -> None:
    """Both read the same revision; the colleague wrote in between."""
    answers.save_answer(assessment=assessment, item="B2", answer=chosen("C"), revision=0, by=owner)
    read_early = {"B2": Answer.objects.get()}
    answers.save_answer(assessment=assessment, item="B2", answer=chosen("D"), revision=1, by=colleague)

    for stored, revision in ((read_early, 1), ({}, 0)):
        with pytest.raises(StaleAnswer) as caught:
            answers.save_answer(
                assessment=assessment,
                item="B2",
                answer=ItemAnswer(AnswerState.LATER),
                revision=revision,
                by=owner,
                stored=stored,
            )
        assert (caught.value.current.value, caught.value.current.answered_by) == ("D", colleague)

    assert (Answer.objects.get().value, AnswerRevision.objects.count()) == ("D", 1)
    assessment.refresh_from_db()
    assert assessment.answered == 1


def test_provider_enters_own_values_that_never_touch_the_answers(
    assessment: Assessment, owner: User, provider: User
) -> None:
    answers.save_answer(assessment=assessment, item="B2", answer=chosen("C"), revision=0, by=owner)
    for revision, value in enumerate("AB"):
        answers.save_answer(
            assessment=assessment,
            item="B2",
            answer=chosen(value),
            revision=revision,
            by=provider,
            sheet=PROVIDER,
        )

    assert (PreScore.objects.get().value, PreScoreRevision.objects.get().value) == ("B", "A")
    assert Answer.objects.get().value == "C"
    assessment.refresh_from_db()
    assert assessment.answered == 1


def test_company_cannot_write_on_the_sheet_of_its_provider_nor_the_other_way(
    assessment: Assessment, owner: User, provider: User
) -> None:
    with pytest.raises(Forbidden):
        answers.save_answer(
            assessment=assessment, item="B2", answer=chosen("C"), revision=0, by=owner, sheet=PROVIDER
        )
    with pytest.raises(Forbidden):
        answers.save_answer(assessment=assessment, item="B2", answer=chosen("C"), revision=0, by=provider)


def test_same_change_sent_twice_is_not_stale(assessment: Assessment, owner: User) -> None:
    """The reply to the first one was lost on the way."""
    for _ in range(2):
        answers.save_answer(assessment=assessment, item="B1", answer=chosen(("B", "C")), revision=0, by=owner)

    assert Answer.objects.get().revision == 1


def test_later_takes_the_item_out_of_the_count(assessment: Assessment, owner: User) -> None:
    answers.save_answer(assessment=assessment, item="B2", answer=chosen("C"), revision=0, by=owner)
    answers.save_answer(
        assessment=assessment, item="B2", answer=ItemAnswer(AnswerState.LATER), revision=1, by=owner
    )

    assessment.refresh_from_db()
    assert assessment.answered == 0


def test_figures_may_be_saved_before_anything_is_chosen(assessment: Assessment, owner: User) -> None:
    saved = answers.save_answer(
        assessment=assessment,
        item="B2",
        answer=ItemAnswer(AnswerState.LATER, figures={"machines_total": "6o"}),
        revision=0,
        by=owner,
        undecided=True,
    )

    assert saved.state is None
    assert saved.figures == {"machines_total": "6o"}, "saving does not judge; submitting does"


@pytest.mark.parametrize(
    ("item", "answer", "reason"),
    [
        ("B2", chosen("Z"), "unknown_option"),
        ("B1", chosen(("A", "B")), "exclusive"),
        ("B1", chosen(("B", "B")), "repeated"),
        ("C01", chosen(5), "unknown_level"),
        ("B2", chosen(["C"]), "wrong_type"),
        ("Z9", chosen("A"), "unknown_item"),
        ("B2", ItemAnswer(AnswerState.NOT_APPLICABLE, reason="no machines"), "not_allowed"),
        ("B2", chosen("C", figures={"cats": "3"}), "unknown_figure"),
        ("B2", chosen("C", figures={"machines_total": "1" * 25}), "bad_figure"),
        ("B2", chosen("C", comment="x" * 2001), "too_long"),
    ],
)
def test_impossible_answer_is_refused_and_stores_nothing(
    assessment: Assessment, owner: User, item: str, answer: ItemAnswer, reason: str
) -> None:
    with pytest.raises(InvalidAnswer) as caught:
        answers.save_answer(assessment=assessment, item=item, answer=answer, revision=0, by=owner)

    assert caught.value.reason == reason
    assert not Answer.objects.exists()
    assessment.refresh_from_db()
    assert assessment.started_at is None


def test_stranger_cannot_save(assessment: Assessment, stranger: User) -> None:
    with pytest.raises(Forbidden):
        answers.save_answer(assessment=assessment, item="B2", answer=chosen("C"), revision=0, by=stranger)


def test_auditor_may_read_but_not_answer(assessment: Assessment, auditor: User) -> None:
    with pytest.raises(Forbidden):
        answers.save_answer(assessment=assessment, item="B2", answer=chosen("C"), revision=0, by=auditor)


def test_frozen_round_takes_no_answer(assessment: Assessment, owner: User) -> None:
    assessment.round.frozen_at = timezone.now()
    assessment.round.save()

    with pytest.raises(AnswersLocked):
        answers.save_answer(assessment=assessment, item="B2", answer=chosen("C"), revision=0, by=owner)
