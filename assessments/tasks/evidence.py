"""Files of evidence in the background."""

from __future__ import annotations

from celery import shared_task

from assessments.evidence.cleanup import delete_unneeded_files


@shared_task(ignore_result=True)
def clean_evidence() -> None:
    """Delete files that nobody can reach any more."""
    delete_unneeded_files()
