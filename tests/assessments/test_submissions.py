"""Submitting and scoring through the actions."""

from __future__ import annotations

from unittest import mock

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from assessments.actions import answers, submissions
from assessments.actions.answers import AnswersLocked
from assessments.actions.submissions import NotDeclared, NotReady
from assessments.models import Answer, Assessment, ScoreRun, Submission
from assessments.scoring import compute
from audit.models import AuditEvent
from benchmarks.actions import releases
from benchmarks.models import Release
from companies.permissions import Forbidden
from instrument import AnswerState, ItemAnswer, load_instrument, official
from jobs.models import Job
from tests import factories

pytestmark = pytest.mark.django_db


def test_submission_freezes_the_answers_and_asks_for_a_score(
    answered: Assessment, owner: User, release: Release
) -> None:
    made = submissions.submit_answers(assessment=answered, declared=True, by=owner)

    assert len(made.vector) == 60
    assert made.read_answers() == factories.full_answers()
    assert made.instrument_sha256 == load_instrument().sha256
    job = Job.objects.get()
    assert job.parameters == {"submission": str(made.pk), "release": str(release.pk)}
    assert AuditEvent.objects.filter(action="submission.made", company_id=answered.company_id).exists()


def test_submit_twice_gives_one_submission_and_one_job(
    answered: Assessment, owner: User, release: Release
) -> None:
    first = submissions.submit_answers(assessment=answered, declared=True, by=owner)
    second = submissions.submit_answers(assessment=answered, declared=True, by=owner)

    assert first == second
    assert Job.objects.count() == 1


def test_correction_supersedes_and_leaves_the_first_as_it_was(
    answered: Assessment, owner: User, release: Release
) -> None:
    first = submissions.submit_answers(assessment=answered, declared=True, by=owner)
    answers.save_answer(
        assessment=answered,
        item="C01",
        answer=ItemAnswer(AnswerState.ANSWERED, value=4),
        revision=1,
        by=owner,
    )

    second = submissions.submit_answers(assessment=answered, declared=True, by=owner)

    assert second.supersedes == first
    assert first.sha256 != second.sha256
    assert Submission.objects.get(pk=first.pk).content == first.content


def test_submission_is_never_changed(scored: Assessment) -> None:
    made = scored.submissions.get()
    made.content = "{}"

    with pytest.raises(TypeError, match="never changed"):
        made.save()


def test_unfinished_answers_are_listed_and_nothing_is_stored(
    answered: Assessment, owner: User, release: Release
) -> None:
    Answer.objects.filter(item="B1").delete()
    Answer.objects.filter(item="C01").update(state=AnswerState.LATER.value, value=None)
    Answer.objects.filter(item="X5").update(state=AnswerState.NOT_APPLICABLE.value, value=None, reason=" ")
    Answer.objects.filter(item="B2").update(figures={"machines_total": "many"})

    with pytest.raises(NotReady) as caught:
        submissions.submit_answers(assessment=answered, declared=True, by=owner)

    assert {(problem.item, problem.kind) for problem in caught.value.problems} == {
        ("B1", "missing"),
        ("C01", "later"),
        ("X5", "reason"),
        ("B2", "figure"),
    }
    assert not Submission.objects.exists()
    assert not Job.objects.exists()


def test_declaration_is_needed(answered: Assessment, owner: User) -> None:
    with pytest.raises(NotDeclared):
        submissions.submit_answers(assessment=answered, declared=False, by=owner)


def test_colleague_without_the_right_cannot_submit(answered: Assessment, colleague: User) -> None:
    with pytest.raises(Forbidden) as caught:
        submissions.submit_answers(assessment=answered, declared=True, by=colleague)

    assert caught.value.roles == (Role.OWNER, Role.DELEGATE)


def test_frozen_round_takes_no_submission(answered: Assessment, owner: User) -> None:
    answered.round.frozen_at = timezone.now()
    answered.round.save()

    with pytest.raises(AnswersLocked):
        submissions.submit_answers(assessment=answered, declared=True, by=owner)


def test_failure_after_the_submission_leaves_nothing(
    answered: Assessment, owner: User, release: Release
) -> None:
    with (
        mock.patch.object(submissions, "request_scoring", side_effect=RuntimeError("broken")),
        pytest.raises(RuntimeError),
    ):
        submissions.submit_answers(assessment=answered, declared=True, by=owner)

    assert not Submission.objects.exists()
    assert not AuditEvent.objects.filter(action="submission.made").exists()
    answered.refresh_from_db()
    assert answered.submitted_at is None


def test_scoring_twice_gives_one_run(answered: Assessment, owner: User, release: Release) -> None:
    made = submissions.submit_answers(assessment=answered, declared=True, by=owner)

    compute.score_and_store([made], release)
    compute.score_and_store([made], release)

    assert ScoreRun.objects.count() == 1


def test_run_holds_the_official_level_of_the_exact_rule(scored: Assessment) -> None:
    run = scored.self_run
    assert run is not None
    exact = official.grade(load_instrument(), run.submission.read_answers())

    assert run.official_level == exact.level
    assert run.base_points == exact.base * 1000
    assert [run.scenarios_1, run.scenarios_4] == [exact.at_level[1], exact.at_level[4]]


def test_another_release_adds_a_run_and_replaces_none(
    scored: Assessment, release: Release, officer: User, steward: User
) -> None:
    first = scored.self_run
    assert first is not None
    columns = {
        field.attname: getattr(release, field.attname)
        for field in Release._meta.concrete_fields
        if field.attname not in {"id", "trained_at"}
    }
    second = Release.objects.create(**{**columns, "name": "2026.11.2"})
    releases.promote(release=second, proposed_by=steward, confirmed_by=officer)

    compute.score_and_store([first.submission], second)

    scored.refresh_from_db()
    assert ScoreRun.objects.count() == 2
    assert scored.self_run is not None
    assert scored.self_run.release == second
    assert ScoreRun.objects.get(pk=first.pk).readiness == first.readiness


def test_replay_gives_the_same_figures(scored: Assessment, release: Release) -> None:
    run = scored.self_run
    assert run is not None
    (again,) = compute.build_runs([run.submission], release)

    figures = [
        field.attname for field in ScoreRun._meta.concrete_fields if field.attname not in {"id", "created_at"}
    ]
    assert {name: getattr(again, name) for name in figures} == {name: getattr(run, name) for name in figures}


def test_no_tier_where_too_little_is_known(assessment: Assessment, owner: User, release: Release) -> None:
    few = factories.full_answers()
    for code in list(few)[:30]:
        few[code] = ItemAnswer(AnswerState.DONT_KNOW)
    factories.store_answers(assessment, few, by=owner)
    made = submissions.submit_answers(assessment=assessment, declared=True, by=owner)

    compute.score_and_store([made], release)

    run = ScoreRun.objects.get()
    assert run.tier is None
    assert run.tier_probabilities is None
    assert run.readiness_guarded < run.readiness


def test_don_t_know_is_missing_and_counts_lowest(
    assessment: Assessment, owner: User, release: Release
) -> None:
    known = factories.full_answers()
    known["C01"] = ItemAnswer(AnswerState.DONT_KNOW)
    factories.store_answers(assessment, known, by=owner)

    made = submissions.submit_answers(assessment=assessment, declared=True, by=owner)

    assert bytes(made.vector)[load_instrument().item_order.index("C01")] == 255  # -1 as int8
