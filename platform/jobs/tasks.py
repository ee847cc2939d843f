"""The reaper, and what is thrown away after its time."""

from __future__ import annotations

from celery import shared_task

from jobs.models import StoredReply
from jobs.work import requeue_stale_jobs


@shared_task(ignore_result=True)
def wake_forgotten() -> None:
    """Wake jobs whose worker died or whose message was lost."""
    requeue_stale_jobs()


@shared_task(ignore_result=True)
def forget_replies() -> None:
    """Delete answers to repeated requests that are no longer given again."""
    StoredReply.objects.outdated().delete()
