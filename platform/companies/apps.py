"""Registers the app, and what it writes into the audit log."""

from __future__ import annotations

from django.apps import AppConfig

from audit.codes import register_audit_codes
from companies.audit_codes import SUBJECTS, CompanyAuditCode


class CompaniesApp(AppConfig):
    """Settings of the app."""

    name = "companies"

    def ready(self) -> None:
        """Register what the app writes into the audit log."""
        register_audit_codes(CompanyAuditCode, SUBJECTS)
