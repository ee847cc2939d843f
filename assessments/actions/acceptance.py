"""Accepting verified companies: conditions, and the monthly batches."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from assessments.audit_codes import AssessmentAuditCode
from assessments.models import Assessment, ConditionCheck
from assessments.notifications.announcements import notify_about_acceptance
from assessments.reviewing.acceptance import load_terms
from assessments.reviewing.acceptance.checklist import build_checklist
from audit.record import record
from companies.permissions import permissions_in_company, require


class NotAcceptable(Exception):
    """A company whose conditions or papers are missing; `missing` names them by code."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class UnknownCondition(Exception):
    """A condition that does not exist, or that the platform finds itself."""


def check_condition(
    *, assessment: Assessment, condition: str, finding: ConditionCheck.Finding, note: str = "", by: User
) -> ConditionCheck:
    """Store what an officer found about a condition. Raises `UnknownCondition` or `Forbidden`."""
    require(permissions_in_company(by, assessment.company), Permission.ACCEPT)
    known = {entry.code for entry in load_terms().conditions if not entry.by_platform}
    if condition not in known:
        raise UnknownCondition
    with transaction.atomic():
        check, _made = ConditionCheck.objects.update_or_create(
            assessment=assessment,
            condition=condition,
            defaults={
                "finding": finding,
                "note": note.strip()[:300],
                "checked_by": by,
                "checked_at": timezone.now(),
            },
        )
        record(
            AssessmentAuditCode.ACCEPTANCE_CHECKED,
            check,
            by=by,
            company_id=assessment.company_id,
            programme_id=assessment.round.programme_id,
            condition=condition,
            finding=finding.value,
        )
    return check


def accept_company(*, assessment: Assessment, by: User) -> None:
    """Accept a verified company whose conditions are all met and whose papers are there; twice equals once.

    Raises `NotAcceptable` or `Forbidden`; then nothing is stored.
    """
    require(permissions_in_company(by, assessment.company), Permission.ACCEPT)
    with transaction.atomic():
        locked = Assessment.objects.select_for_update(of=("self",)).get(pk=assessment.pk)
        if locked.accepted_at is not None:
            return
        missing = build_checklist(assessment).missing
        if missing:
            raise NotAcceptable(missing)
        locked.accepted_at = timezone.now()
        locked.save(update_fields=["accepted_at", "updated_at"])
        notify_about_acceptance(locked)
        record(
            AssessmentAuditCode.ASSESSMENT_ACCEPTED,
            locked,
            by=by,
            company_id=assessment.company_id,
            programme_id=assessment.round.programme_id,
        )
    assessment.accepted_at = locked.accepted_at
