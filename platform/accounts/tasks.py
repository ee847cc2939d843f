"""Housekeeping of accounts, and the sending of e-mails."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from accounts.emails import deliver_email
from accounts.models import Notice
from jobs.models import Job
from jobs.work import Work, enqueue, register_job

# As jobs of installations have it.
SEND_EMAIL = "send-letter"
# A notice that is older than this says nothing that still matters, and holds personal data.
NOTICE_LIFE = timedelta(days=365)


def request_email(notice: Notice) -> Job:
    """Have the e-mail of a notice sent, after commit; each attempt is a job of its own."""
    return enqueue(
        SEND_EMAIL,
        key=f"letter:{notice.pk}:{notice.letter_attempts}",
        parameters={"notice": str(notice.pk)},
        by=None,
    )


@register_job(SEND_EMAIL)
def send_email(work: Work) -> None:
    """Send one e-mail."""
    work.result = {"letter": deliver_email(UUID(work.job.parameters["notice"])).value}


@shared_task(ignore_result=True)
def resend_emails() -> None:
    """Try the e-mails again whose wait is over."""
    for notice in Notice.objects.filter_due().filter(letter_attempts__gt=0):
        request_email(notice)


@shared_task(ignore_result=True)
def clear_notices() -> None:
    """Delete notices that have outlived their use."""
    Notice.objects.filter(created_at__lt=timezone.now() - NOTICE_LIFE).delete()


@shared_task(name="accounts.tasks.clear_sessions")
def clear_sessions() -> None:
    """Delete sessions that ran out: they are of no use and hold personal data."""
    call_command("clearsessions")
