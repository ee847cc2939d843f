"""Registers the app, what it writes into the audit log, and what its notices say."""

from __future__ import annotations

from django.apps import AppConfig

from accounts.notice_registry import register_notice_templates
from audit.codes import register_audit_codes
from webhooks.audit_codes import SUBJECTS, WebhookAuditCode
from webhooks.notice_templates import NOTICE_TEMPLATES


class WebhooksApp(AppConfig):
    """Settings of the app."""

    name = "webhooks"

    def ready(self) -> None:
        """Register what the app writes into the audit log, and what its notices say."""
        register_audit_codes(WebhookAuditCode, SUBJECTS)
        register_notice_templates(NOTICE_TEMPLATES)
