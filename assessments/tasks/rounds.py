"""Rounds in the background: making the assessments of a round, telling of a deadline, closing."""

from __future__ import annotations

from celery import shared_task
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from assessments.models import Assessment, Round
from assessments.notifications.announcements import notify_about_deadline
from assessments.rounds.closing import close_due_rounds
from assessments.rounds.opening import add_companies
from companies.models import Listing
from jobs.models import Job
from jobs.work import Work, enqueue, register_job

OPEN_ROUND = "open-round"
ANNOUNCE_DEADLINE = "announce-deadline"


def request_round_assessments(round_: Round, *, by: User | None) -> Job:
    """Have an assessment made for every company that is listed now, with progress.

    Asking again does nothing until the list has grown.
    """
    listed = Listing.objects.filter_current().filter(programme=round_.programme_id)
    newest = listed.aggregate(newest=Max("pk"))["newest"] or 0
    return enqueue(
        OPEN_ROUND,
        key=f"{build_opening_key(round_)}:{newest}",
        parameters={"round": str(round_.pk)},
        by=by,
        total=max(1, listed.count()),
    )


def build_opening_key(round_: Round) -> str:
    """Return what the keys of the jobs that make the assessments of a round begin with."""
    return f"open-round:{round_.pk}"


@register_job(OPEN_ROUND)
def open_round(work: Work) -> None:
    """Make the assessments of a round; taken up after a breakdown, it goes on with those that are missing."""
    round_ = Round.objects.get(pk=work.job.parameters["round"])
    work.heartbeat(done=0)
    work.result = {"added": add_companies(round_, progress=work.heartbeat)}


def request_deadline_notices(round_: Round, *, by: User | None) -> Job:
    """Have the companies that have not submitted told of the round's new deadline, after commit; call it once."""
    return enqueue(
        ANNOUNCE_DEADLINE,
        key=f"announce-deadline:{round_.pk}:{timezone.now().isoformat()}",
        parameters={"round": str(round_.pk)},
        by=by,
    )


@register_job(ANNOUNCE_DEADLINE)
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
    work.heartbeat(done=0, total=max(1, len(ids)))
    for done, pk in enumerate(ids, start=1):
        with transaction.atomic():
            found = Assessment.objects.select_related("round", "company").get(pk=pk)
            notify_about_deadline(found, occasion=str(work.job.pk))
        work.heartbeat(done=done)


@shared_task(ignore_result=True)
def freeze_closed_rounds() -> None:
    """Write down the freeze of rounds whose closing time has come."""
    close_due_rounds()
