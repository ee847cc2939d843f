"""Freezing rounds whose closing time has come."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from assessments.audit_codes import AssessmentAuditCode
from assessments.models import Round
from audit.record import record


def close_due_rounds() -> int:
    """Record that rounds past their closing time are frozen; return how many.

    Their answers cannot change from the closing time on in any case; this writes it down.
    """
    now = timezone.now()
    frozen = 0
    for round_ in Round.objects.filter(frozen_at__isnull=True, closes_at__lte=now):
        with transaction.atomic():
            # Another worker, or an officer, may have been faster.
            if Round.objects.filter(pk=round_.pk, frozen_at__isnull=True, closes_at__lte=now).update(
                frozen_at=round_.closes_at
            ):
                record(AssessmentAuditCode.ROUND_FROZEN, round_, by=None, programme_id=round_.programme_id)
                frozen += 1
    return frozen
