"""Registers the app, and what it writes into the audit log."""

from __future__ import annotations

from django.apps import AppConfig

from assessments.audit_codes import SUBJECTS, AssessmentAuditCode
from audit.codes import register_audit_codes


class AssessmentsApp(AppConfig):
    """Settings of the app."""

    name = "assessments"

    def ready(self) -> None:
        """Register what the app writes into the audit log."""
        register_audit_codes(AssessmentAuditCode, SUBJECTS)
