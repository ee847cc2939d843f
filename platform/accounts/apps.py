"""Registers the app, and what it writes into the audit log."""

from __future__ import annotations

from django.apps import AppConfig

from accounts.audit_codes import SUBJECTS, AccountAuditCode
from audit.codes import register_audit_codes


class AccountsApp(AppConfig):
    """Settings of the app."""

    name = "accounts"

    def ready(self) -> None:
        """Register what the app writes into the audit log."""
        register_audit_codes(AccountAuditCode, SUBJECTS)
