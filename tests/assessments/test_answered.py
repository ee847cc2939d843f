"""What counts as answered is one rule: in Python and in SQL it gives the same."""

from __future__ import annotations

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from assessments.answering.queries import get_answers_by_item, list_section_progress
from assessments.answering.questions import build_questions
from assessments.models import Answer, Assessment
from assessments.models.answered import build_answered_condition, is_answered
from instrument import AnswerState, list_unfinished, load_instrument

pytestmark = pytest.mark.django_db

CODES = load_instrument().item_order
STATES = st.none() | st.sampled_from([state.value for state in AnswerState])


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_states=st.dictionaries(st.sampled_from(CODES), STATES))
def test_all_counts_agree(assessment: Assessment, owner: User, given_states: dict[str, str | None]) -> None:
    instrument = load_instrument()
    Answer.objects.all().delete()
    now = timezone.now()
    Answer.objects.bulk_create(
        Answer(assessment=assessment, item=item, state=state, answered_by=owner, answered_at=now)
        for item, state in given_states.items()
    )
    expected = {item for item, state in given_states.items() if state not in (None, "later")}

    answers = get_answers_by_item(assessment)

    assert {item for item, answer in answers.items() if is_answered(answer.state)} == expected
    assert set(Answer.objects.filter(build_answered_condition()).values_list("item", flat=True)) == expected
    through = Assessment.objects.filter(build_answered_condition("answers__"))
    assert set(through.values_list("answers__item", flat=True)) == expected
    progress = list_section_progress(assessment, instrument, answers)
    assert sum(section.answered for section in progress) == len(expected)
    shown = [
        question
        for section in instrument.sections
        for question in build_questions(instrument, section, answers)
    ]
    assert {question.item.code for question in shown if question.is_answered} == expected
    read = {item: answer.build_item_answer() for item, answer in answers.items()}
    assert set(CODES) - set(list_unfinished(instrument, read)) == expected
