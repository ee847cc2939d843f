"""Registers the app, and what it writes into the audit log."""

from __future__ import annotations

from django.apps import AppConfig

from audit.codes import register_audit_codes
from benchmarks.audit_codes import SUBJECTS, BenchmarkAuditCode


class BenchmarksApp(AppConfig):
    """Settings of the app."""

    name = "benchmarks"

    def ready(self) -> None:
        """Register what the app writes into the audit log."""
        register_audit_codes(BenchmarkAuditCode, SUBJECTS)
