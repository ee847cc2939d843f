"""Deleting files of evidence that no row can lead to any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Q
from django.utils import timezone

from assessments.models import Evidence
from assessments.models.evidence import KEPT_AFTER_REMOVAL

log = structlog.get_logger(__name__)

# A file younger than this may belong to a request that has not written its row yet.
YOUNG = timedelta(days=1)
# Where files of evidence are stored, below the storage's own folder.
FOLDER = "evidence"


def delete_unneeded_files() -> int:
    """Delete orphans, files removed long ago, and leftovers of broken uploads; return the number deleted.

    A file lives as long as one row that shows it, or that can still be brought back, names it.
    """
    now = timezone.now()
    deleted = 0
    for name in _iter_stored_names():
        if default_storage.get_modified_time(name) > now - YOUNG or _is_needed(name, now):
            continue
        default_storage.delete(name)
        deleted += 1
    for leftover in Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir():
        if leftover.is_file() and leftover.stat().st_mtime < (now - YOUNG).timestamp():
            leftover.unlink(missing_ok=True)
            deleted += 1
    log.info("evidence.cleaned", deleted=deleted)
    return deleted


def _iter_stored_names() -> Iterator[str]:
    if not default_storage.exists(FOLDER):
        return
    for folder in default_storage.listdir(FOLDER)[0]:
        for name in default_storage.listdir(f"{FOLDER}/{folder}")[1]:
            yield f"{FOLDER}/{folder}/{name}"


def _is_needed(name: str, now: datetime) -> bool:
    kept = Q(removed_at__isnull=True) | Q(removed_at__gt=now - KEPT_AFTER_REMOVAL)
    return Evidence.objects.filter(kept, stored_name=name).exists()
