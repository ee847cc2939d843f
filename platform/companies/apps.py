"""Registers the app, what it writes into the audit log, and what its notices say."""

from __future__ import annotations

from django.apps import AppConfig

from accounts.notice_registry import register_notice_templates
from audit.codes import register_audit_codes
from companies.audit_codes import SUBJECTS, CompanyAuditCode
from companies.notice_templates import NOTICE_TEMPLATES


class CompaniesApp(AppConfig):
    """Settings of the app."""

    name = "companies"

    def ready(self) -> None:
        """Register what the app writes into the audit log, and what its notices say."""
        register_audit_codes(CompanyAuditCode, SUBJECTS)
        register_notice_templates(NOTICE_TEMPLATES)
