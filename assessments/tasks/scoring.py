"""Scoring in the background: one submission, all of a programme under its active release, and the replay."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from uuid import UUID

from celery import shared_task
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from assessments.models import Round, ScoreRun, Submission
from assessments.models.id_arrays import uuid_in
from assessments.scoring.compute import (
    ScoringInput,
    iter_scoring_inputs,
    list_latest_submissions,
    score_and_store,
    score_vectors,
)
from assessments.scoring.replay import replay_all
from assessments.scoring.storage import renew_statistics
from assessments.tasks.flags import request_flags, request_round_flags
from benchmarks.models import Activation, Release
from jobs.models import Job
from jobs.work import Work, enqueue, register_job

SCORE_SUBMISSION = "score-submission"
SCORE_PROGRAMME = "score-programme"
SCORE_SUBMISSIONS = "score-submissions"
REPLAY_SCORES = "replay-scores"
# Submissions scored and stored together.
CHUNK = 5_000
# From so many rows on the database is told to count anew; fewer it comes to know by itself soon enough.
COUNTED_FROM = 50_000


def request_scoring(submission: Submission, *, by: User | None) -> Job | None:
    """Have a submission scored under the programme's active release, after commit.

    None where no release is active: the submission is then scored when one is activated.
    """
    release = Release.objects.find_active(submission.assessment.round.programme)
    if release is None:
        return None
    return enqueue(
        SCORE_SUBMISSION,
        key=build_scoring_key(submission, release),
        parameters={"submission": str(submission.pk), "release": str(release.pk)},
        by=by,
    )


def build_scoring_key(submission: Submission, release: Release) -> str:
    """Return the key of the job that scores this submission under this release."""
    return f"score:{submission.pk}:{release.pk}"


@register_job(SCORE_SUBMISSION)
def score_submission(work: Work) -> None:
    """Score one submission."""
    submission = Submission.objects.select_related("assessment").get(pk=work.job.parameters["submission"])
    score_and_store([submission], Release.objects.get(pk=work.job.parameters["release"]))
    if submission.kind == Submission.Kind.SELF:
        request_flags(submission)


def request_programme_scoring(activation: Activation, *, by: User | None) -> Job:
    """Have the latest submissions of a programme scored under the release just activated, with progress."""
    return enqueue(
        SCORE_PROGRAMME,
        key=f"score-programme:{activation.pk}",
        parameters={"activation": activation.pk},
        by=by,
        total=max(1, list_latest_submissions(activation.programme).count()),
    )


@register_job(SCORE_PROGRAMME)
def score_programme(work: Work) -> None:
    """Score the latest submissions of a programme, in chunks."""
    activation = Activation.objects.select_related("programme", "release").get(
        pk=work.job.parameters["activation"]
    )
    # Counted when it was asked for: to count a programme takes as long as to read it.
    submissions = _iter_chunks(list_latest_submissions(activation.programme))
    _score_in_chunks(work, work.job.total, submissions, activation.release)


def request_bulk_scoring(submissions: Sequence[Submission], *, by: User | None) -> Job | None:
    """Have submissions of one programme scored by one job under its active release, after commit.

    None where there are no submissions, or no release is active.
    """
    if not submissions:
        return None
    release = Release.objects.find_active(submissions[0].assessment.round.programme)
    if release is None:
        return None
    ids = sorted(str(submission.pk) for submission in submissions)
    digest = hashlib.sha256("".join(ids).encode()).hexdigest()
    return enqueue(
        SCORE_SUBMISSIONS,
        key=f"score-submissions:{digest[:32]}:{release.pk}",
        parameters={"submissions": ids, "release": str(release.pk)},
        by=by,
        total=len(ids),
    )


@register_job(SCORE_SUBMISSIONS)
def score_submissions(work: Work) -> None:
    """Score the submissions of a file, in chunks."""
    ids = [UUID(text) for text in work.job.parameters["submissions"]]
    submissions = Submission.objects.filter(pk__in=uuid_in(ids))
    release = Release.objects.get(pk=work.job.parameters["release"])
    _score_in_chunks(work, len(ids), _iter_chunks(submissions), release)
    own = submissions.filter(kind=Submission.Kind.SELF)
    for round_ in Round.objects.filter(assessments__submissions__in=own).distinct():
        request_round_flags(round_, occasion=str(work.job.pk), by=None)


def _score_in_chunks(
    work: Work, total: int, chunks: Iterable[Sequence[ScoringInput]], release: Release
) -> None:
    """Score chunk after chunk, each in a transaction of its own: a breakdown or a cancellation loses no chunk done.

    What an earlier attempt has stored is met again and passed over, so that nothing needs to be remembered.
    """
    done = 0
    work.heartbeat(done=0, total=max(1, total))
    for chunk in chunks:
        score_vectors(chunk, release)
        done += len(chunk)
        # Submissions may be added meanwhile: progress never passes the total.
        work.heartbeat(done=min(done, max(1, total)))
    if done >= COUNTED_FROM:
        renew_statistics()


def _iter_chunks(submissions: QuerySet[Submission]) -> Iterator[list[ScoringInput]]:
    rows = iter_scoring_inputs(submissions)
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def request_replay(*, by: User | None) -> Job:
    """Have all past score runs computed again and compared: once in a day, however often it is asked for."""
    today = timezone.localdate().isoformat()
    return enqueue(
        REPLAY_SCORES,
        key=f"replay:{today}",
        parameters={"day": today},
        by=by,
        total=max(1, ScoreRun.objects.count()),
    )


@register_job(REPLAY_SCORES)
def replay_scores(work: Work) -> None:
    """Compute past score runs again; repeated after a breakdown it starts anew and writes the same rows."""
    total = max(1, ScoreRun.objects.count())
    work.heartbeat(done=0, total=total)
    # Runs may be added meanwhile: progress never passes the total.
    outcomes = replay_all(job_id=work.job.pk, beat=lambda done: work.heartbeat(done=min(done, total)))
    work.result = {
        "compared": sum(outcome.compared for outcome in outcomes),
        "differing": sum(outcome.differing for outcome in outcomes),
    }


@shared_task(ignore_result=True)
def replay_nightly() -> None:
    """Start the night's replay."""
    request_replay(by=None)
