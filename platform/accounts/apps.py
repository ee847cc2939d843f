"""Registers the app, what it writes into the audit log, and what its notices say."""

from __future__ import annotations

from django.apps import AppConfig

from accounts.audit_codes import SUBJECTS, AccountAuditCode
from accounts.notice_registry import register_notice_templates
from accounts.notice_templates import NOTICE_TEMPLATES
from audit.codes import register_audit_codes


class AccountsApp(AppConfig):
    """Settings of the app."""

    name = "accounts"

    def ready(self) -> None:
        """Register what the app writes into the audit log, and what its notices say."""
        register_audit_codes(AccountAuditCode, SUBJECTS)
        register_notice_templates(NOTICE_TEMPLATES)
