"""Writing to the audit trail; call it inside the transaction of what it records."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Model

from audit.codes import AuditCode, find_event_subject
from audit.events import EventData, publish_events
from audit.models import AuditEvent


def record(
    action: AuditCode,
    subject: Model,
    *,
    by: AbstractBaseUser | None,
    company_id: UUID | None = None,
    programme_id: UUID | None = None,
    **details: Any,
) -> AuditEvent:
    """Add an event. `by=None` means the system itself; `details` are plain JSON values, never answers.

    A code that has an event is told to other programs too, by ids alone; see `audit.events`.
    """
    with transaction.atomic():
        if action.event is not None:
            label, field = find_event_subject(subject._meta.label_lower)
            publish_events(
                [EventData(action.event, label, getattr(subject, field), programme_id, company_id)]
            )
        return _add_event(action, subject, by, company_id, programme_id, details)


def _add_event(
    action: AuditCode,
    subject: Model,
    by: AbstractBaseUser | None,
    company_id: UUID | None,
    programme_id: UUID | None,
    details: dict[str, Any],
) -> AuditEvent:
    return AuditEvent.objects.create(
        by_id=by.pk if by is not None else None,
        action=action.value,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        company_id=company_id,
        programme_id=programme_id,
        details=details,
    )
