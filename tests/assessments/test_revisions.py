"""How one value replaces another: as it is judged, as the database writes it, and what the history keeps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from accounts.roles import Permission
from assessments.actions import answers, bulk
from assessments.answering import revisions, statements
from assessments.answering.revisions import RevisionVerdict
from assessments.models import (
    Answer,
    AnswerRevision,
    Assessment,
    Grade,
    GradeRevision,
    PreScore,
    PreScoreRevision,
    Submission,
    Visit,
)
from assessments.models.answer import AnswerContent
from instrument import AnswerState, ItemAnswer
from tests import factories

pytestmark = pytest.mark.django_db

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TABLES: list[tuple[type[AnswerContent], type[AnswerContent]]] = [
    (Answer, AnswerRevision),
    (PreScore, PreScoreRevision),
    (Grade, GradeRevision),
]
ON_SITE = {"decision": "changed", "remark": "Seen.", "seen_on_site": True}


@pytest.fixture
def visit(assessment: Assessment, assessor: User) -> Visit:
    return Visit.objects.create(assessment=assessment, started_by=assessor, started_at=timezone.now())


def build_content(table: type[AnswerContent], value: str) -> dict[str, object]:
    said = {"state": "answered", "value": value, "reason": "", "figures": {"a": value}, "comment": value}
    return said | (ON_SITE if table is Grade else {})


def build_key(table: type[AnswerContent], visit: Visit) -> dict[str, object]:
    key: dict[str, object] = {"assessment_id": visit.assessment_id, "item": "B2"}
    return key | ({"visit_id": visit.pk} if table is Grade else {})


@pytest.mark.parametrize("table", [present for present, _history in TABLES])
@SLOW
@given(stored=st.integers(1, 4), made_from=st.integers(0, 5), value=st.sampled_from("ABC"))
def test_the_database_writes_what_is_judged_to_be_written(
    visit: Visit, owner: User, table: type[AnswerContent], stored: int, made_from: int, value: str
) -> None:
    with transaction.atomic():
        now = timezone.now()
        row = table._default_manager.create(
            **build_key(table, visit), **build_content(table, "A"), revision=stored, answered_at=now
        )
        content = build_content(table, value)
        verdict = revisions.judge_change(row, made_from, content)
        as_read = table._default_manager.get(pk=row.pk)
        as_read.revision = made_from
        columns = revisions.build_next_columns(as_read, content, by=owner, at=now)

        written = statements.update_if_unchanged(as_read, columns)

        assert written == (verdict is RevisionVerdict.WRITE) == (stored == made_from)
        row.refresh_from_db()
        assert row.revision == (stored + 1 if written else stored)
        assert row.get_content() == (content if written else build_content(table, "A"))
        assert (verdict is RevisionVerdict.REPEATED) == (stored != made_from and value == "A")
        transaction.set_rollback(True)


@pytest.mark.parametrize(("present", "history"), TABLES)
@SLOW
@given(
    changes=st.lists(
        st.tuples(st.sampled_from("ABC"), st.integers(0, 2), st.booleans(), st.booleans()), max_size=8
    )
)
def test_revisions_count_and_the_history_is_all_that_was(
    visit: Visit,
    owner: User,
    colleague: User,
    present: type[AnswerContent],
    history: type[AnswerContent],
    changes: list[tuple[str, int, bool, bool]],
) -> None:
    """Two people change one item by forms that are up to two changes old."""
    begin = timezone.now()
    with transaction.atomic():
        accepted: list[tuple[dict[str, object], User, bool]] = []
        for number, (value, behind, is_second, on_behalf) in enumerate(changes):
            by = colleague if is_second else owner
            content = build_content(present, value)
            revision = max(0, len(accepted) - behind)
            current = present._default_manager.filter(**build_key(present, visit)).first()
            verdict = revisions.judge_change(current, revision, content)
            if revision == len(accepted):
                assert verdict is RevisionVerdict.WRITE
                columns = revisions.build_next_columns(
                    current, content, by=by, at=begin + timedelta(minutes=number), on_behalf=on_behalf
                )
                revisions.write_change(
                    current, columns, key=build_key(present, visit), present=present, history=history, by=by
                )
                accepted.append((content, by, on_behalf))
            else:
                repeated = content == accepted[-1][0]
                assert verdict is (RevisionVerdict.REPEATED if repeated else RevisionVerdict.STALE)
        kept = [
            *history._default_manager.filter(**build_key(present, visit)).order_by("revision"),
            *present._default_manager.filter(**build_key(present, visit)),
        ]
        assert [row.revision for row in kept] == list(range(1, len(accepted) + 1))
        assert [(row.get_content(), row.answered_by, row.on_behalf) for row in kept] == accepted
        transaction.set_rollback(True)


def test_a_change_to_nothing_is_judged_unknown() -> None:
    assert revisions.judge_change(None, 1, build_content(Answer, "A")) is RevisionVerdict.UNKNOWN
    assert (
        revisions.judge_change(None, revisions.NO_REVISION, build_content(Answer, "A"))
        is RevisionVerdict.WRITE
    )


def test_a_load_keeps_in_the_history_that_the_bureau_had_answered(
    assessment: Assessment, officer: User
) -> None:
    answers.save_answer(
        assessment=assessment,
        item="B2",
        answer=ItemAnswer(AnswerState.ANSWERED, value="A"),
        revision=0,
        by=officer,
        verbs=frozenset({Permission.ANSWER_FOR}),
    )
    loaded = factories.full_answers() | {"B2": ItemAnswer(AnswerState.ANSWERED, value="C")}

    bulk.save_answer_sets(
        sets=[bulk.AnswerSet(assessment=assessment, answers=loaded)],
        origin=Submission.Origin.WORKBOOK,
        by=None,
        submit=False,
    )

    now, before = Answer.objects.get(item="B2"), AnswerRevision.objects.get(item="B2")
    assert (now.revision, now.value, now.on_behalf, now.answered_by) == (2, "C", False, None)
    assert (before.revision, before.value, before.on_behalf, before.answered_by) == (1, "A", True, officer)
