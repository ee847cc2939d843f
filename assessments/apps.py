"""Registers the app, what it writes into the audit log, and what its notices say."""

from __future__ import annotations

from django.apps import AppConfig

from accounts.notice_registry import register_notice_templates
from assessments.audit_codes import SUBJECTS, AssessmentAuditCode
from assessments.notice_templates import NOTICE_TEMPLATES
from audit.codes import register_audit_codes


class AssessmentsApp(AppConfig):
    """Settings of the app."""

    name = "assessments"

    def ready(self) -> None:
        """Register what the app writes into the audit log, and what its notices say."""
        register_audit_codes(AssessmentAuditCode, SUBJECTS)
        register_notice_templates(NOTICE_TEMPLATES)
