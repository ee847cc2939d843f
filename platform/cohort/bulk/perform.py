"""Doing a bulk act, chunk by chunk; after a breakdown it goes on with the companies that still wait."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import Count

from assessments.actions import reminders, reviewing, rounds
from assessments.models import Assessment, Submission
from assessments.notifications.announcements import notify_about_assignment
from assessments.scoring.compute import score_and_store
from benchmarks.models import Release
from cohort.bulk.examine import DROP_KINDS, REVIEW_KINDS, examine
from cohort.bulk.reasons import BulkReason
from cohort.models import BulkOutcome, BulkRun

CHUNK = 50
State = BulkOutcome.State


def perform_bulk_run(run: BulkRun, progress: Callable[[int], None]) -> dict[str, int]:
    """Do what is still waiting; return how many companies are done and how many were left out.

    What is done to a chunk and what is written down about it are one transaction, so that a worker that dies
    between two chunks loses nothing and repeats nothing.
    """
    total = run.outcomes.count()
    while True:
        with transaction.atomic():
            waiting = list(
                run.outcomes.select_for_update(of=("self",), skip_locked=False)
                .filter(state=State.WAITING)
                .order_by("pk")[:CHUNK]
            )
            if not waiting:
                break
            _do_chunk(run, waiting)
        progress(total - run.outcomes.filter(state=State.WAITING).count())
    counts = dict(run.outcomes.values_list("state").annotate(count=Count("pk")).order_by())
    done = counts.get(State.DONE.value, 0)
    if run.assignee is not None and done:
        notify_about_assignment(to=run.assignee, round_=run.round, companies=done, occasion=str(run.pk))
    return {"done": done, "left_out": counts.get(State.LEFT_OUT.value, 0)}


def _do_chunk(run: BulkRun, waiting: list[BulkOutcome]) -> None:
    assessments = list(
        Assessment.objects.filter(
            round=run.round_id,
            company__in=[outcome.company_id for outcome in waiting],
            closed_at__isnull=True,
        ).select_related("round__programme", "company__division", "company__functional_area")
    )
    by_company = {assessment.company_id: assessment for assessment in assessments}
    kind = BulkRun.Kind(run.kind)
    verdicts = examine(kind, assessments, by=run.created_by, assignee=run.assignee)
    _act(run, [assessment for assessment in assessments if not verdicts[assessment.pk]])
    for outcome in waiting:
        assessment = by_company.get(outcome.company_id)
        reason = BulkReason.NO_ASSESSMENT.value if assessment is None else verdicts[assessment.pk]
        outcome.state = State.LEFT_OUT if reason else State.DONE
        outcome.reason = reason
    BulkOutcome.objects.bulk_update(waiting, ["state", "reason"])


def _act(run: BulkRun, assessments: Sequence[Assessment]) -> None:
    by, kind = run.created_by, BulkRun.Kind(run.kind)
    if not assessments:
        return
    if kind is BulkRun.Kind.REMIND:
        reminders.remind_companies(assessments=assessments, by=by)
    elif kind is BulkRun.Kind.RESCORE:
        release = Release.objects.find_active(assessments[0].round.programme)
        assert release is not None
        counting = Submission.objects.filter_counting().filter(
            assessment__in=[assessment.pk for assessment in assessments]
        )
        score_and_store(list(counting.order_by("pk")), release)
    elif kind is BulkRun.Kind.INVITE:
        for assessment in assessments:
            rounds.invite_company(assessment=assessment, by=by)
    elif kind in DROP_KINDS:
        for assessment in assessments:
            reviewing.unassign_reviewer(assessment=assessment, kind=DROP_KINDS[kind], by=by)
    else:
        assert run.assignee is not None
        for assessment in assessments:
            reviewing.assign_reviewer(assessment=assessment, kind=REVIEW_KINDS[kind], to=run.assignee, by=by)
