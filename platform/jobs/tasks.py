"""The reaper."""

from __future__ import annotations

from celery import shared_task

from jobs.work import wake_forgotten_jobs


@shared_task(ignore_result=True)
def wake_forgotten() -> None:
    """Wake jobs whose worker died or whose message was lost."""
    wake_forgotten_jobs()
