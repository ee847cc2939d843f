"""From submission to score run through a real broker and a real worker, also when the worker dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from subprocess import Popen
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from assessments.actions import submissions
from assessments.models import Assessment, Round, ScoreRun, Submission
from assessments.scoring.compute import (
    ScoringInput,
    build_runs,
    iter_scoring_inputs,
    score_and_store,
    score_vectors,
)
from assessments.scoring.storage import FIGURES
from assessments.tasks import scoring as tasks
from assessments.tasks.scoring import SCORE_PROGRAMME, build_scoring_key, request_programme_scoring
from audit.models import Event
from benchmarks.models import Activation, Release
from instrument import load_instrument
from jobs.models import Job
from jobs.work import cancel, enqueue, wake
from tests import factories
from tests.assessments.test_packed import agrees
from tests.services.conftest import wait_until

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
RunWorker = Callable[..., AbstractContextManager["Popen[bytes]"]]


def ready_assessment(release: Release) -> Assessment:
    company = factories.make_company(release.programme)
    owner = factories.make_member(company)
    assessment = factories.make_assessment(company, factories.make_round(release.programme))
    factories.store_answers(assessment, by=owner)
    return assessment


def submit(assessment: Assessment) -> Submission:
    owner = assessment.company.memberships.get().user
    return submissions.submit_answers(assessment=assessment, declared=True, by=owner)


def test_submission_is_scored_by_the_worker(committed_release: Release, run_worker: RunWorker) -> None:
    assessment = ready_assessment(committed_release)
    with run_worker():
        made = submit(assessment)
        wait_until(lambda: ScoreRun.objects.filter(submission=made).exists(), "the score run")
        wait_until(
            lambda: not Job.objects.get(key=build_scoring_key(made, committed_release)).is_open,
            "the job's end",
        )
    assessment.refresh_from_db()
    assert assessment.self_run is not None
    assert assessment.scored_at is not None


def test_task_delivered_twice_gives_one_run(committed_release: Release, run_worker: RunWorker) -> None:
    assessment = ready_assessment(committed_release)
    made = submit(assessment)
    job = Job.objects.get(key=build_scoring_key(made, committed_release))
    for _ in range(3):
        wake(job.pk, job.kind)
    with run_worker():
        wait_until(lambda: Job.objects.get(pk=job.pk).state == Job.State.DONE, "the job's end")
    assert ScoreRun.objects.filter(submission=made).count() == 1
    assert Job.objects.get(pk=job.pk).attempts == 1


def test_worker_killed_in_mid_task_loses_nothing(committed_release: Release, run_worker: RunWorker) -> None:
    """The worker is stopped while it holds the job, killed, and a new one with the reaper finishes the work."""
    programme = committed_release.programme
    round_ = factories.make_round(programme)
    made = []
    for number in range(30):
        company = factories.make_company(programme)
        owner = factories.make_member(company, f"Owner {number}")
        assessment = factories.make_assessment(company, round_)
        factories.store_answers(assessment, factories.full_answers(number % 5), by=owner)
        made.append(submissions.submit_answers(assessment=assessment, declared=True, by=owner))
    Job.objects.all().delete()
    activation = Activation.objects.get(release=committed_release)
    with transaction.atomic():
        job = enqueue(
            SCORE_PROGRAMME,
            key=f"score-programme:{activation.pk}",
            parameters={"activation": activation.pk},
            by=None,
            total=len(made),
        )
    fast = {"JOB_STALE_SECONDS": "2", "JOB_REAP_SECONDS": "1"}
    # A lock on one assessment keeps the worker in the middle of its chunk until it is killed.
    with run_worker(**fast) as first:
        with transaction.atomic():
            Assessment.objects.select_for_update().get(pk=made[10].assessment_id)
            wait_until(lambda: Job.objects.get(pk=job.pk).state == Job.State.RUNNING, "the worker to start")
            os.killpg(first.pid, signal.SIGKILL)
            first.wait(timeout=10)
        assert ScoreRun.objects.count() < len(made)
    with run_worker(beat=True, **fast):
        wait_until(
            lambda: Job.objects.get(pk=job.pk).state == Job.State.DONE, "the reaper and the new worker"
        )
    finished = Job.objects.get(pk=job.pk)
    assert finished.attempts == 2
    assert ScoreRun.objects.count() == len(made)
    assert announced() == stored_runs()
    assert Assessment.objects.filter(self_run__isnull=True).count() == 0


def test_lost_message_is_sent_again(committed_release: Release, run_worker: RunWorker) -> None:
    """A job whose wake-up never arrived is found by the reaper."""
    assessment = ready_assessment(committed_release)
    made = submit(assessment)
    job = Job.objects.get(key=build_scoring_key(made, committed_release))
    with run_worker():
        wait_until(lambda: not Job.objects.get(pk=job.pk).is_open, "the first run")
    Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED)
    with run_worker(beat=True, JOB_STALE_SECONDS="1", JOB_REAP_SECONDS="1"):
        wait_until(lambda: Job.objects.get(pk=job.pk).state == Job.State.DONE, "the reaper")
    assert ScoreRun.objects.filter(submission=made).count() == 1


def test_many_submissions_are_copied_once_whoever_scores_them(committed_release: Release) -> None:
    """Chunks that overlap, a run that is there already, rows with and without a stated tier."""
    made = many_submissions(committed_release, 130)
    score_and_store(made[:3], committed_release)
    before = {run.submission_id: run.pk for run in ScoreRun.objects.all()}
    rows = list(iter_scoring_inputs(Submission.objects.all()))
    score_vectors(rows[:120], committed_release)
    score_vectors(rows, committed_release)
    assert ScoreRun.objects.count() == len(made)
    assert {run.submission_id: run.pk for run in ScoreRun.objects.filter(pk__in=before.values())} == before
    runs = {run.submission_id: run for run in ScoreRun.objects.all()}
    for expected in build_runs(made, committed_release):
        for name in FIGURES:
            assert getattr(runs[expected.submission_id], name) == getattr(expected, name), name
    assert {run.tier is None for run in runs.values()} == {True, False}
    assert Assessment.objects.filter(self_run__isnull=True).count() == 0
    assert Assessment.objects.filter(scored_at__isnull=True).count() == 0
    assert all(agrees(assessment) for assessment in Assessment.objects.all())
    assert announced() == stored_runs()


def test_job_cancelled_between_chunks_goes_on_behind_them(
    committed_release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_submissions(committed_release, 40)
    job = request_programme_scoring(Activation.objects.get(release=committed_release), by=None)
    scored: list[int] = []

    def score_and_cancel(rows: list[ScoringInput], release: Release) -> None:
        score_vectors(rows, release)
        scored.append(len(rows))
        if len(scored) == 2:
            cancel(job)

    monkeypatch.setattr(tasks, "CHUNK", 10)
    monkeypatch.setattr(tasks, "score_vectors", score_and_cancel)
    tasks.score_programme.run(str(job.pk))
    stopped = Job.objects.get(pk=job.pk)
    assert (stopped.state, scored) == (Job.State.CANCELLED, [10, 10])
    assert len(stored_runs()) == 20
    assert announced() == stored_runs()
    assert request_programme_scoring(Activation.objects.get(release=committed_release), by=None).pk == job.pk
    tasks.score_programme.run(str(job.pk))
    ended = Job.objects.get(pk=job.pk)
    assert (ended.state, ended.done) == (Job.State.DONE, 40)
    assert len(stored_runs()) == 40
    assert announced() == stored_runs()


def stored_runs() -> list[UUID]:
    """The runs that are stored."""
    return sorted(ScoreRun.objects.values_list("pk", flat=True))


def announced() -> list[UUID]:
    """The runs of which the feed tells, each as often as it does."""
    return sorted(Event.objects.filter(type="score.stored").values_list("subject_id", flat=True))


def test_cancelled_job_keeps_what_it_stored_and_goes_on_when_asked_again(
    committed_release: Release, run_worker: RunWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = many_submissions(committed_release, 60)
    company = factories.make_company(committed_release.programme)
    one_more = factories.make_assessment(company, made[0].assessment.round)
    factories.store_answers(one_more, by=factories.make_member(company))
    Job.objects.all().delete()
    job = request_programme_scoring(Activation.objects.get(release=committed_release), by=None)
    assert cancel(job)
    with run_worker():
        wake(job.pk, job.kind)
        made_later = one_more
        submit(made_later)
        wait_until(lambda: ScoreRun.objects.count() == 1, "the other submission")
        assert Job.objects.get(pk=job.pk).state == Job.State.CANCELLED
        again = request_programme_scoring(Activation.objects.get(release=committed_release), by=None)
        assert again.pk == job.pk
        wait_until(lambda: Job.objects.get(pk=job.pk).state == Job.State.DONE, "the job taken up again")
    assert ScoreRun.objects.count() == len(made) + 1
    assert not cancel(Job.objects.get(pk=job.pk))


def many_submissions(
    release: Release, count: int, *, round_: Round | None = None, first: int = 0
) -> list[Submission]:
    """Submissions of so many companies, numbered from `first`, some with too little answered to state a tier."""
    round_ = round_ or factories.make_round(release.programme)
    made = []
    for number in range(first, first + count):
        assessment = factories.make_assessment(factories.make_company(release.programme), round_)
        stages = bytes([255] * 30 + [1] * 30) if number % 10 == 9 else bytes([number % 3] * 60)
        made.append(
            Submission.objects.create(
                number=f"LZ-{number:08d}",
                assessment=assessment,
                kind=Submission.Kind.SELF,
                origin=Submission.Origin.WORKBOOK,
                content='{"answers":{}}',
                sha256="f" * 64,
                instrument_version=load_instrument().version,
                instrument_sha256=load_instrument().sha256,
                vector=stages,
                declared=True,
                submitted_at=timezone.now(),
            )
        )
    return made
