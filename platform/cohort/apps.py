"""Registers the app, and what it writes into the audit log."""

from __future__ import annotations

from django.apps import AppConfig

from audit.codes import register_audit_codes
from cohort.audit_codes import SUBJECTS, CohortAuditCode


class CohortApp(AppConfig):
    """Settings of the app."""

    name = "cohort"

    def ready(self) -> None:
        """Register what the app writes into the audit log."""
        register_audit_codes(CohortAuditCode, SUBJECTS)
