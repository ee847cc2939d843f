"""Telling people something: `notify` stores a notice and has its e-mail sent after commit."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.utils import timezone

from accounts.models import EmailState, Notice, NoticeKind, User
from accounts.notice_messages import NoticeMessage, build_notice_message, encode_notice_value
from accounts.notice_registry import get_notice_template
from accounts.tasks import request_email


def notify(
    *,
    user: User,
    kind: NoticeKind,
    link: str,
    company: models.Model | None = None,
    key: str = "",
    **parameters: Any,
) -> Notice | None:
    """Tell a person something; call it inside the transaction of what it tells about.

    `parameters` are the names in the sentences of `kind`, whose values may be text, numbers, dates, and
    anything that has a name in both languages; `company` fills its own name. `link` is a path of this site.
    With a `key`, asking again returns the notice that is there. None for people who have left, and for
    service accounts. People choose which e-mails they get; the notice on the site is always made.
    """
    if not user.is_active or user.kind != User.Kind.PERSON:
        return None
    if not link.startswith("/") or link.startswith("//"):
        raise ValueError(f"A notice leads to a page of this site, not to {link}.")
    words = get_notice_template(kind)
    if company is not None:
        parameters["company"] = str(company)
    missing = words.parameters - parameters.keys()
    if missing:
        raise TypeError(f"A notice of the kind {kind.value} needs: {', '.join(sorted(missing))}.")
    wants_email = words.is_mandatory or kind.value not in user.muted_kinds
    values = {
        "kind": kind.value,
        "parameters": {name: encode_notice_value(value) for name, value in parameters.items()},
        "company_id": company.pk if company is not None else None,
        "link": link,
        "letter": EmailState.WAITING if wants_email else EmailState.OFF,
        "letter_due_at": timezone.now() if wants_email else None,
    }
    with transaction.atomic():
        if key:
            notice, is_new = Notice.objects.get_or_create(user=user, key=key, defaults=values)
        else:
            notice, is_new = Notice.objects.create(user=user, **values), True
        if is_new and wants_email:
            request_email(notice)
    return notice


def build_sample_message(kind: NoticeKind, **parameters: Any) -> NoticeMessage:
    """Build how a notice of this kind would read, in the language in use; nobody is told."""
    return build_notice_message(
        Notice(
            kind=kind.value,
            parameters={name: encode_notice_value(value) for name, value in parameters.items()},
        )
    )


def mark_all_read(*, user: User) -> int:
    """Note that a person has seen all notices; how many were new."""
    return Notice.objects.visible_to(user).filter_unread().update(read_at=timezone.now())
