"""The Celery application. The table of what runs when is `CELERY_BEAT_SCHEDULE` in the settings."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import import_modules, setup_logging

from config.renamed_tasks import register_renamed_tasks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("readiness")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Work that repeats a request for each of its lines stands beside the interface, not among the tasks.
app.autodiscover_tasks(["assessments.api"], related_name="receiving")


@import_modules.connect(weak=False)
def understand_renamed_tasks(**_: object) -> None:
    """Understand messages of earlier versions; connected last, so that all tasks are there."""
    register_renamed_tasks(app)


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Leave logging to Django's settings; connecting to the signal is what keeps Celery's hands off."""
