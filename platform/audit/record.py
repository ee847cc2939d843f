"""Writing to the audit trail; call it inside the transaction of what it records."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Model

from audit.models import AuditEvent


def record(
    action: str,
    subject: Model,
    *,
    by: AbstractBaseUser | None,
    company_id: UUID | None = None,
    programme_id: UUID | None = None,
    **details: Any,
) -> AuditEvent:
    """Add an event. `by=None` means the system itself; `details` are plain JSON values, never answers."""
    return AuditEvent.objects.create(
        by_id=by.pk if by is not None else None,
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        company_id=company_id,
        programme_id=programme_id,
        details=details,
    )
