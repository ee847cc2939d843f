"""Addresses of the record of who did what."""

from __future__ import annotations

from django.urls import path

from companies.views import audit

app_name = "audit_log"

urlpatterns = [
    path("", audit.log, name="list"),
    path("export/", audit.export, name="export"),
    path("retention/", audit.retention, name="retention"),
]
