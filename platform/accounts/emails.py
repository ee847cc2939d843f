"""E-mails of notices, in the reader's language, as text and as plain HTML."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.models import EmailState, Notice
from accounts.notice_messages import build_notice_message

# How long to wait after each failed attempt; after the last the e-mail is given up.
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
FIRST_PERMANENT_CODE = 500


def compose_email(notice: Notice) -> EmailMultiAlternatives:
    """Compose the e-mail of a notice, in its reader's language."""
    site = settings.SITE_URL.rstrip("/")
    choosing = f"{site}{reverse('account_settings')}#letters"
    with override(notice.user.language):
        words = build_notice_message(notice)
        context = {
            "words": words,
            "user": notice.user,
            "address": site + notice.link,
            "choosing": choosing,
            "language": notice.user.language,
        }
        text = render_to_string("account/email/notice.txt", context)
        page = render_to_string("account/email/notice.html", context)
    # A header is one line, whatever a company's name contains.
    subject = " ".join(words.subject.split())
    # Mail programs offer it as a button; what is always sent cannot be given up.
    headers = {} if words.is_mandatory else {"List-Unsubscribe": f"<{choosing}>"}
    message = EmailMultiAlternatives(subject, text, to=[notice.user.email], headers=headers)
    message.attach_alternative(page, "text/html")
    return message


def deliver_email(notice_id: UUID) -> EmailState:
    """Send the e-mail of a notice if it still waits, and note what became of it.

    A server that cannot be reached is tried again later, with longer and longer waits; an address that is
    refused is not. A worker that dies between sending and noting it sends the e-mail twice.
    """
    notice = Notice.objects.select_related("user").get(pk=notice_id)
    if notice.letter != EmailState.WAITING:
        return EmailState(notice.letter)
    if not notice.user.is_active:
        notice.letter = EmailState.OFF
        notice.save(update_fields=["letter"])
        return EmailState.OFF
    notice.letter_attempts += 1
    try:
        compose_email(notice).send()
    except OSError as error:  # smtplib's errors are such, too
        _note_failure(notice, error)
    else:
        notice.letter, notice.letter_sent_at = EmailState.SENT, timezone.now()
        notice.letter_problem = ""
    notice.save(
        update_fields=["letter", "letter_sent_at", "letter_attempts", "letter_problem", "letter_due_at"]
    )
    return EmailState(notice.letter)


def _note_failure(notice: Notice, error: OSError) -> None:
    limit = Notice._meta.get_field("letter_problem").max_length
    notice.letter_problem = f"{type(error).__name__}: {error}"[:limit]
    if _is_permanent(error) or notice.letter_attempts > len(WAITS):
        notice.letter = EmailState.FAILED
        notice.user.note_mail_problem(notice.letter_problem)
    else:
        notice.letter_due_at = timezone.now() + WAITS[notice.letter_attempts - 1]


def _is_permanent(error: OSError) -> bool:
    """Return whether the server says that it will never take this address or this e-mail."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= FIRST_PERMANENT_CODE for code, _message in error.recipients.values())
    return isinstance(error, SMTPDataError) and error.smtp_code >= FIRST_PERMANENT_CODE
