"""Housekeeping of accounts."""

from __future__ import annotations

from celery import shared_task
from django.core.management import call_command


@shared_task(name="accounts.tasks.clear_sessions")
def clear_sessions() -> None:
    """Delete sessions that ran out: they are of no use and hold personal data."""
    call_command("clearsessions")
