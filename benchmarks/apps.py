"""Registers the app, what it writes into the audit log, and what its notices say."""

from __future__ import annotations

from django.apps import AppConfig

from accounts.notice_registry import register_notice_templates
from audit.codes import register_audit_codes
from benchmarks.audit_codes import SUBJECTS, BenchmarkAuditCode
from benchmarks.notice_templates import NOTICE_TEMPLATES


class BenchmarksApp(AppConfig):
    """Settings of the app."""

    name = "benchmarks"

    def ready(self) -> None:
        """Register what the app writes into the audit log, and what its notices say."""
        register_audit_codes(BenchmarkAuditCode, SUBJECTS)
        register_notice_templates(NOTICE_TEMPLATES)
