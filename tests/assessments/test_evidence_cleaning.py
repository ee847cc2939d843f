"""What no answer leads to is deleted, and what a name keeps."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import User
from assessments.actions import evidence as keeping
from assessments.evidence.cleanup import delete_unneeded_files
from assessments.evidence.content import EXTENSIONS, clean_name
from assessments.models import Assessment, Evidence
from assessments.tasks.evidence import clean_evidence
from tests.assessments.test_evidence import attach


def age(stored_name: str, days: int) -> None:
    moment = time.time() - days * 86_400
    os.utime(default_storage.path(stored_name), (moment, moment))


def test_cleaning_deletes_what_no_row_leads_to(assessment: Assessment, owner: User) -> None:
    shown, removed = attach(assessment, owner), attach(assessment, owner, item="B3")
    long_gone = attach(assessment, owner, item="B4")
    orphan, young = (default_storage.save(f"evidence/zz/{name}", BytesIO(b"x")) for name in ("old", "new"))
    for evidence in (removed, long_gone):
        keeping.remove_file(evidence=evidence, by=owner)
    Evidence.objects.filter(pk=long_gone.pk).update(removed_at=timezone.now() - timedelta(days=31))
    for name in (shown.stored_name, removed.stored_name, long_gone.stored_name, orphan):
        age(name, days=40)
    leftover = Path(settings.FILE_UPLOAD_TEMP_DIR) / "left.upload"
    leftover.write_bytes(b"half")
    os.utime(leftover, (0, 0))

    clean_evidence()

    assert not default_storage.exists(long_gone.stored_name)
    assert not default_storage.exists(orphan)
    assert not leftover.exists()
    assert all(default_storage.exists(name) for name in (shown.stored_name, removed.stored_name, young))
    long_gone.refresh_from_db()
    with pytest.raises(keeping.Gone):
        keeping.restore_file(evidence=long_gone, by=owner)
    assert delete_unneeded_files() == 0


@pytest.mark.parametrize(
    ("given", "kind", "kept"),
    [
        ("../../etc/passwd", Evidence.Kind.PDF, "passwd.pdf"),
        ("C:\\Users\\a\\台账 2026.XLSX", Evidence.Kind.XLSX, "台账 2026.XLSX"),
        ("photo.exe", Evidence.Kind.JPEG, "photo.exe.jpg"),
        ("a\u202efdp.\r\n.pdf", Evidence.Kind.PDF, "afdp..pdf"),
        ("   ", Evidence.Kind.PNG, "file.png"),
    ],
)
def test_name_is_cleaned(given: str, kind: Evidence.Kind, kept: str) -> None:
    assert clean_name(given, kind) == kept


def test_long_name_keeps_its_ending() -> None:
    name = clean_name("长" * 300 + ".jpeg", Evidence.Kind.JPEG)
    assert (len(name), name.endswith(".jpeg")) == (160, True)
    assert set(EXTENSIONS) == set(Evidence.Kind)
