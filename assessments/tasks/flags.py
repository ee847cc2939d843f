"""Flags in the background: those of one submission and those of a whole round."""

from __future__ import annotations

from celery import shared_task
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from assessments.models import Assessment, Round, Submission
from assessments.reviewing.flagging import raise_flags
from jobs.models import Job
from jobs.work import Work, enqueue, register_job

FLAG_SUBMISSION = "flag-submission"
FLAG_ROUND = "flag-round"
# Assessments whose flags are looked for together: each part reads the answers of the round once.
FLAGGED_TOGETHER = 200


def request_flags(submission: Submission) -> Job:
    """Have the hints about a company's own submission looked for, after commit."""
    return enqueue(
        FLAG_SUBMISSION,
        key=f"flags:{submission.pk}",
        parameters={"assessment": str(submission.assessment_id)},
        by=None,
    )


@register_job(FLAG_SUBMISSION)
def flag_submission(work: Work) -> None:
    """Store the hints about one assessment's latest submission; repeated it writes the same rows."""
    found = _list_assessments_to_flag().get(pk=work.job.parameters["assessment"])
    work.result = {"raised": raise_flags([found])}


def request_round_flags(round_: Round, *, occasion: str, by: User | None) -> Job:
    """Have all hints of a round looked for: once on each occasion, however often it is asked for."""
    return enqueue(
        FLAG_ROUND,
        key=f"flags:{round_.pk}:{occasion}",
        parameters={"round": str(round_.pk)},
        by=by,
    )


@register_job(FLAG_ROUND)
def flag_round(work: Work) -> None:
    """Store the hints about every submission of a round, pairs of nearly the same answers included."""
    of_round = _list_assessments_to_flag().filter(round=work.job.parameters["round"], self_run__isnull=False)
    ids = list(of_round.order_by("pk").values_list("pk", flat=True))
    work.heartbeat(done=0, total=max(1, len(ids)))
    raised = 0
    for start in range(0, len(ids), FLAGGED_TOGETHER):
        part = ids[start : start + FLAGGED_TOGETHER]
        raised += raise_flags(list(of_round.filter(pk__in=part)))
        work.heartbeat(done=start + len(part))
    work.result = {"raised": raised}


def _list_assessments_to_flag() -> QuerySet[Assessment]:
    return Assessment.objects.select_related("round__programme", "company", "self_run")


@shared_task(ignore_result=True)
def flag_nightly() -> None:
    """Look for hints in every round that has opened and is not closed."""
    for round_ in Round.objects.filter(opens_at__lte=timezone.now(), frozen_at__isnull=True):
        request_round_flags(round_, occasion=timezone.localdate().isoformat(), by=None)
