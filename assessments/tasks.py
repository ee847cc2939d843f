"""Background work on submissions: scoring one, all of a programme under its active release, and the replay."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from accounts.models import User
from assessments.announcements import announce_deadline
from assessments.closing import freeze_due
from assessments.evidence_cleaning import clean
from assessments.flagging import raise_flags
from assessments.models import Assessment, Report, Round, ScoreRun, Submission
from assessments.opening import add_companies
from assessments.replay import replay_all
from assessments.reports import files
from assessments.scoring import Frozen, frozen, score, score_vectors
from assessments.storing import among, renew_statistics
from benchmarks.models import Activation, Release
from companies.models import Listing, Programme
from jobs.models import Job
from jobs.work import Work, enqueue, runs

SCORE_SUBMISSION = "score-submission"
SCORE_PROGRAMME = "score-programme"
SCORE_SUBMISSIONS = "score-submissions"
REPLAY_SCORES = "replay-scores"
OPEN_ROUND = "open-round"
ANNOUNCE_DEADLINE = "announce-deadline"
FLAG_SUBMISSION = "flag-submission"
FLAG_ROUND = "flag-round"
MAKE_REPORT = "make-report"
MAKE_REPORTS = "make-reports"
# Reports of one part of a packet: parts keep several workers busy, and lose little when one dies.
PART = 30
# Submissions scored and stored together.
CHUNK = 5_000
# Assessments whose hints are looked for together: each part reads the answers of the round once.
FLAGGED_TOGETHER = 200
# From so many on the database is told to count anew; fewer it comes to know by itself soon enough.
COUNTED_FROM = 50_000


def request_scoring(submission: Submission, *, by: User | None) -> Job | None:
    """Have a submission scored under the programme's active release, after commit.

    None where no release is active: the submission is then scored when one is put into use.
    """
    release = Release.objects.active_in(submission.assessment.round.programme)
    if release is None:
        return None
    return enqueue(
        SCORE_SUBMISSION,
        key=scoring_key(submission, release),
        parameters={"submission": str(submission.pk), "release": str(release.pk)},
        by=by,
    )


def scoring_key(submission: Submission, release: Release) -> str:
    """The key of the job that scores this submission under this release."""
    return f"score:{submission.pk}:{release.pk}"


@runs(SCORE_SUBMISSION)
def score_submission(work: Work) -> None:
    """Score one submission."""
    submission = Submission.objects.select_related("assessment").get(pk=work.job.parameters["submission"])
    score([submission], Release.objects.get(pk=work.job.parameters["release"]))
    if submission.kind == Submission.Kind.SELF:
        request_flags(submission)


def request_programme_scoring(activation: Activation, *, by: User | None) -> Job:
    """Have the latest submissions of a programme scored under the release just put into use, with progress."""
    return enqueue(
        SCORE_PROGRAMME,
        key=f"score-programme:{activation.pk}",
        parameters={"activation": activation.pk},
        by=by,
        total=max(1, latest_submissions(activation.programme).count()),
    )


@runs(SCORE_PROGRAMME)
def score_programme(work: Work) -> None:
    """Score the latest submissions of a programme, in chunks."""
    activation = Activation.objects.select_related("programme", "release").get(
        pk=work.job.parameters["activation"]
    )
    # Counted when it was asked for: to count a programme takes as long as to read it.
    submissions = _in_chunks(latest_submissions(activation.programme))
    _score_in_chunks(work, work.job.total, submissions, activation.release)


def request_scoring_of_many(submissions: Sequence[Submission], *, by: User | None) -> Job | None:
    """Have submissions of one programme scored by one job under its active release, after commit.

    None where there are no submissions, or no release is active.
    """
    if not submissions:
        return None
    release = Release.objects.active_in(submissions[0].assessment.round.programme)
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


@runs(SCORE_SUBMISSIONS)
def score_submissions(work: Work) -> None:
    """Score the submissions of a file, in chunks."""
    ids = [UUID(text) for text in work.job.parameters["submissions"]]
    submissions = Submission.objects.filter(pk__in=among(ids))
    release = Release.objects.get(pk=work.job.parameters["release"])
    _score_in_chunks(work, len(ids), _in_chunks(submissions), release)
    own = submissions.filter(kind=Submission.Kind.SELF)
    for round_ in Round.objects.filter(assessments__submissions__in=own).distinct():
        request_round_flags(round_, occasion=str(work.job.pk), by=None)


def _score_in_chunks(work: Work, total: int, chunks: Iterable[Sequence[Frozen]], release: Release) -> None:
    """Score chunk after chunk, each in a transaction of its own: a breakdown or a cancellation loses no chunk done.

    What an earlier attempt has stored is met again and passed over, so that nothing needs to be remembered.
    """
    done = 0
    work.beat(done=0, total=max(1, total))
    for chunk in chunks:
        score_vectors(chunk, release)
        done += len(chunk)
        # Submissions may be added meanwhile: progress never passes the total.
        work.beat(done=min(done, max(1, total)))
    if done >= COUNTED_FROM:
        renew_statistics()


def _in_chunks(submissions: QuerySet[Submission]) -> Iterator[list[Frozen]]:
    rows = frozen(submissions)
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def latest_submissions(programme: Programme) -> QuerySet[Submission]:
    """The submissions of a programme that no later one supersedes and that were not withdrawn.

    The rounds are named one by one: PostgreSQL then knows how many of all assessments are theirs.
    """
    rounds = list(Round.objects.filter(programme=programme).values_list("pk", flat=True))
    return Submission.objects.counting().filter(assessment__round__in=rounds)


def request_companies_of_round(round_: Round, *, by: User | None) -> Job:
    """Have an assessment made for every company that is listed now, with progress.

    Asking again does nothing until the list has grown.
    """
    listed = Listing.objects.current().filter(programme=round_.programme_id)
    newest = listed.aggregate(newest=Max("pk"))["newest"] or 0
    return enqueue(
        OPEN_ROUND,
        key=f"{opening_key(round_)}:{newest}",
        parameters={"round": str(round_.pk)},
        by=by,
        total=max(1, listed.count()),
    )


def opening_key(round_: Round) -> str:
    """What the keys of the jobs that make the assessments of a round begin with."""
    return f"open-round:{round_.pk}"


@runs(OPEN_ROUND)
def open_round(work: Work) -> None:
    """Make the assessments of a round; taken up after a breakdown, it goes on with those that are missing."""
    round_ = Round.objects.get(pk=work.job.parameters["round"])
    work.beat(done=0)
    work.result = {"added": add_companies(round_, progress=work.beat)}


def request_deadline_notices(round_: Round, *, by: User | None) -> Job:
    """Have the companies that have not submitted told of the round's new deadline, after commit; call it once."""
    return enqueue(
        ANNOUNCE_DEADLINE,
        key=f"announce-deadline:{round_.pk}:{timezone.now().isoformat()}",
        parameters={"round": str(round_.pk)},
        by=by,
    )


@runs(ANNOUNCE_DEADLINE)
def announce_deadlines(work: Work) -> None:
    """Tell the companies one by one; repeated after a breakdown it tells nobody twice."""
    waiting = Assessment.objects.filter(
        round=work.job.parameters["round"],
        invited_at__isnull=False,
        submitted_at__isnull=True,
        closed_at__isnull=True,
        extended_until__isnull=True,
    )
    ids = list(waiting.order_by("pk").values_list("pk", flat=True))
    work.beat(done=0, total=max(1, len(ids)))
    for done, pk in enumerate(ids, start=1):
        with transaction.atomic():
            found = Assessment.objects.select_related("round", "company").get(pk=pk)
            announce_deadline(found, occasion=str(work.job.pk))
        work.beat(done=done)


@shared_task(ignore_result=True)
def freeze_closed_rounds() -> None:
    """Write down the freeze of rounds whose closing time has come."""
    freeze_due()


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


@runs(REPLAY_SCORES)
def replay_scores(work: Work) -> None:
    """Compute past score runs again; repeated after a breakdown it starts anew and writes the same rows."""
    total = max(1, ScoreRun.objects.count())
    work.beat(done=0, total=total)
    # Runs may be added meanwhile: progress never passes the total.
    outcomes = replay_all(job_id=work.job.pk, beat=lambda done: work.beat(done=min(done, total)))
    work.result = {
        "compared": sum(outcome.compared for outcome in outcomes),
        "differing": sum(outcome.differing for outcome in outcomes),
    }


@shared_task(ignore_result=True)
def replay_nightly() -> None:
    """Start the night's replay."""
    request_replay(by=None)


@shared_task(ignore_result=True)
def clean_evidence() -> None:
    """Delete files that nobody can reach any more."""
    clean()


def request_flags(submission: Submission) -> Job:
    """Have the hints about a company's own submission looked for, after commit."""
    return enqueue(
        FLAG_SUBMISSION,
        key=f"flags:{submission.pk}",
        parameters={"assessment": str(submission.assessment_id)},
        by=None,
    )


@runs(FLAG_SUBMISSION)
def flag_submission(work: Work) -> None:
    """Store the hints about one assessment's latest submission; repeated it writes the same rows."""
    found = _to_flag().get(pk=work.job.parameters["assessment"])
    work.result = {"raised": raise_flags([found])}


def request_round_flags(round_: Round, *, occasion: str, by: User | None) -> Job:
    """Have all hints of a round looked for: once on each occasion, however often it is asked for."""
    return enqueue(
        FLAG_ROUND,
        key=f"flags:{round_.pk}:{occasion}",
        parameters={"round": str(round_.pk)},
        by=by,
    )


@runs(FLAG_ROUND)
def flag_round(work: Work) -> None:
    """Store the hints about every submission of a round, pairs of nearly the same answers included."""
    of_round = _to_flag().filter(round=work.job.parameters["round"], self_run__isnull=False)
    ids = list(of_round.order_by("pk").values_list("pk", flat=True))
    work.beat(done=0, total=max(1, len(ids)))
    raised = 0
    for start in range(0, len(ids), FLAGGED_TOGETHER):
        part = ids[start : start + FLAGGED_TOGETHER]
        raised += raise_flags(list(of_round.filter(pk__in=part)))
        work.beat(done=start + len(part))
    work.result = {"raised": raised}


def _to_flag() -> QuerySet[Assessment]:
    return Assessment.objects.select_related("round__programme", "company", "self_run")


@shared_task(ignore_result=True)
def flag_nightly() -> None:
    """Look for hints in every round that has opened and is not closed."""
    for round_ in Round.objects.filter(opens_at__lte=timezone.now(), frozen_at__isnull=True):
        request_round_flags(round_, occasion=timezone.localdate().isoformat(), by=None)


def request_report(report: Report, *, by: User | None) -> Job:
    """Have a report on one company made, after commit."""
    return enqueue(
        MAKE_REPORT, key=f"{report.job_key}1", parameters={"report": str(report.pk)}, by=by, total=1
    )


@runs(MAKE_REPORT)
def make_report(work: Work) -> None:
    """Make one report."""
    files.make(
        Report.objects.select_related(
            "assessment__round__programme", "assessment__company__sector", "round__programme"
        ).get(pk=work.job.parameters["report"])
    )


def request_packet(report: Report, ids: Sequence[UUID], *, by: User | None) -> list[Job]:
    """Have the reports of a packet made in parts, after commit."""
    return [
        enqueue(
            MAKE_REPORTS,
            key=f"{report.job_key}{number}",
            parameters={
                "report": str(report.pk),
                "assessments": [str(pk) for pk in ids[start : start + PART]],
            },
            by=by,
            total=len(ids[start : start + PART]),
        )
        for number, start in enumerate(range(0, len(ids), PART), start=1)
    ]


@runs(MAKE_REPORTS)
def make_reports(work: Work) -> None:
    """Make one part of a packet."""
    report = Report.objects.select_related("round__programme").get(pk=work.job.parameters["report"])
    for done in files.make_part(report, work.job.parameters["assessments"]):
        work.beat(done=done)


@shared_task(ignore_result=True)
def forget_old_reports() -> None:
    """Remove reports that were made long ago; they can be made again."""
    for report in Report.objects.outdated():
        files.forget(report)
        report.delete()
