"""Past scores computed again."""

from __future__ import annotations

import uuid

import pytest
from django.core.management import CommandError, call_command

from assessments.models import Assessment, ScoreRun, Submission
from assessments.scoring.replay import replay_all
from assessments.tasks.scoring import replay_nightly, replay_scores
from audit.models import AuditEvent
from benchmarks.models import Replay
from jobs.models import Job


def test_untouched_scores_come_out_identical(scored: Assessment) -> None:
    (outcome,) = replay_all(job_id=uuid.uuid4())
    assert (outcome.compared, outcome.differing) == (1, 0)
    assert not Replay.objects.get().is_alarm


@pytest.mark.parametrize(
    ("field", "value"), [("readiness", 1), ("d7", 2), ("exceed_1", None), ("base_points", 7)]
)
def test_changed_figure_is_an_alarm(scored: Assessment, field: str, value: int | None) -> None:
    ScoreRun.objects.update(**{field: value})
    (outcome,) = replay_all(job_id=uuid.uuid4())
    assert outcome.differing == 1
    assert [difference["field"] for difference in outcome.differences] == [field]
    assert Replay.objects.get().is_alarm
    assert AuditEvent.objects.filter(action="scores.replay_differs").count() == 1
    with pytest.raises(CommandError):
        call_command("replay_scores")


def test_changed_answers_are_found_by_their_hash(scored: Assessment) -> None:
    submission = Submission.objects.get()
    Submission.objects.update(content=submission.content.replace('"later"', '"x"') + " ")
    (outcome,) = replay_all(job_id=uuid.uuid4())
    assert outcome.differences[0]["field"] == "answers"


def test_changed_vector_is_found_against_the_answers(scored: Assessment) -> None:
    submission = Submission.objects.get()
    vector = bytes(submission.vector)
    Submission.objects.update(vector=bytes([0 if vector[0] else 1]) + vector[1:])
    (outcome,) = replay_all(job_id=uuid.uuid4())
    assert "vector" in {difference["field"] for difference in outcome.differences}


def test_nightly_job_runs_once_a_day_and_may_be_repeated(scored: Assessment) -> None:
    replay_nightly()
    replay_nightly()
    job = Job.objects.get(kind="replay-scores")
    replay_scores(str(job.pk))
    Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED)
    replay_scores(str(job.pk))
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    assert job.result == {"compared": 1, "differing": 0}
    assert Replay.objects.count() == 1
