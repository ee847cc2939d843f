"""The second round starts from the first: marked, confirmed section by section, never counted by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from assessments.actions import answers, sections, submissions
from assessments.actions.answers import AnswersLocked
from assessments.answering.answer_sources import COMPANY
from assessments.models import Answer, Assessment
from companies.models import Programme
from instrument import AnswerState, ItemAnswer, load_instrument
from tests import factories
from tests.assessments.pages import sign_in
from tests.markup import in_one_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(answered: Assessment, owner: User, programme: Programme) -> Assessment:
    """The same company in T1, after submitting T0."""
    submissions.submit_answers(assessment=answered, declared=True, by=owner)
    opens = timezone.now() - timedelta(days=1)
    return factories.make_assessment(answered.company, factories.make_round(programme, "T1", opens_at=opens))


def test_last_rounds_answers_are_marked_and_neither_chosen_nor_counted(
    client: Client, second: Assessment, owner: User
) -> None:
    answer = sign_in(client, owner).get(reverse("assessments:section", args=[second.pk, "S2"]))
    page = in_one_line(answer.content.decode())
    assert "Round T0" in page
    assert "6 open questions were answered in the last round" in page
    assert " checked>" not in page.split('id="section-form"')[1]
    assert not Answer.objects.filter(assessment=second).exists()
    assert "0 of 60 questions" in client.get(reverse("assessments:home", args=[second.pk])).content.decode()


def test_confirming_fills_what_is_open_and_leaves_what_was_changed(
    client: Client, second: Assessment, owner: User
) -> None:
    answers.save_answer(
        assessment=second, item="B5", answer=ItemAnswer(AnswerState.ANSWERED, "E"), revision=0, by=owner
    )
    sign_in(client, owner)
    response = client.post(reverse("assessments:confirm", args=[second.pk, "S2"]), follow=True)

    assert "5 answers confirmed as unchanged." in response.content.decode()
    second.refresh_from_db()
    assert second.answered == 6
    given = {answer.item: answer for answer in Answer.objects.filter(assessment=second)}
    before = factories.full_answers()
    assert given["B5"].value == "E"
    assert {code: answer.build_item_answer().value for code, answer in given.items() if code != "B5"} == {
        code: before[code].value for code in given if code != "B5"
    }
    assert "open questions were answered" not in response.content.decode()


def test_nothing_is_confirmed_after_the_round_was_closed(second: Assessment, owner: User) -> None:
    second.round.frozen_at = timezone.now()
    second.round.save()
    section = load_instrument().sections[0]
    with pytest.raises(AnswersLocked):
        sections.confirm_unchanged(assessment=second, section=section, sheet=COMPANY, by=owner)
    assert not Answer.objects.filter(assessment=second).exists()
