"""Files of evidence in the background."""

from __future__ import annotations

from celery import shared_task

from assessments.evidence.cleanup import clean


@shared_task(ignore_result=True)
def clean_evidence() -> None:
    """Delete files that nobody can reach any more."""
    clean()
