"""Where files of the bureau's side lie: outside the web's reach, under random names, for some days."""

from __future__ import annotations

import uuid
from datetime import timedelta

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Q
from django.utils import timezone

from cohort.models import CohortFile, LedgerExport

log = structlog.get_logger(__name__)

FOLDER = "office"
KEPT = timedelta(days=7)


def store_content(content: bytes) -> str:
    """Store the content under a random name."""
    return default_storage.save(f"{FOLDER}/{uuid.uuid4().hex}", ContentFile(content))


def read_content(name: str) -> bytes:
    """Return the content of a stored file."""
    with default_storage.open(name) as file:
        content: bytes = file.read()
    return content


def delete_old_files() -> int:
    """Delete the content of old files, and files without a row; return how many were deleted."""
    limit = timezone.now() - KEPT
    CohortFile.objects.filter(uploaded_at__lt=limit, state=CohortFile.State.CHECKED).update(
        state=CohortFile.State.REFUSED
    )
    CohortFile.objects.filter(uploaded_at__lt=limit).update(stored_name="", marked_name="")
    LedgerExport.objects.filter(requested_at__lt=limit).update(stored_name="")
    deleted = 0
    for name in default_storage.listdir(FOLDER)[1] if default_storage.exists(FOLDER) else []:
        path = f"{FOLDER}/{name}"
        is_known = (
            CohortFile.objects.filter(Q(stored_name=path) | Q(marked_name=path)).exists()
            or LedgerExport.objects.filter(stored_name=path).exists()
        )
        # A young file may belong to a request that has not written its row yet.
        if not is_known and default_storage.get_modified_time(path) < timezone.now() - timedelta(days=1):
            default_storage.delete(path)
            deleted += 1
    log.info("office_files.cleaned", deleted=deleted)
    return deleted
