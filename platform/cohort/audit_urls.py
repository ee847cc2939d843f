"""Addresses of the audit log, and of how long everything is kept."""

from __future__ import annotations

from django.urls import path

from cohort.views import retention
from companies.views import audit

app_name = "audit_log"

urlpatterns = [
    path("", audit.show_log, name="list"),
    path("export/", audit.export, name="export"),
    path("retention/", retention.show_retention, name="retention"),
]
