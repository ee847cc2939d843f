"""Registers the app."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from cohort.queries.median import teach_median


class CohortApp(AppConfig):
    """Settings of the app."""

    name = "cohort"

    def ready(self) -> None:
        """SQLite has no median; every connection is given one as it opens."""
        connection_created.connect(teach_median, dispatch_uid="cohort.median")
