"""Registers the app, and what it writes into the audit log."""

from __future__ import annotations

from django.apps import AppConfig

from audit.audit_codes import SUBJECTS, AuditLogCode
from audit.codes import register_audit_codes


class AuditApp(AppConfig):
    """Settings of the app."""

    name = "audit"

    def ready(self) -> None:
        """Register what the app writes into the audit log."""
        register_audit_codes(AuditLogCode, SUBJECTS)
