"""Adding, reusing, removing and bringing back evidence."""

from __future__ import annotations

import hashlib
import shutil
import uuid
from typing import IO

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from accounts.roles import Verb
from assessments.actions.answers import Frozen
from assessments.answering.reopening import may_submit
from assessments.evidence.cleanup import FOLDER
from assessments.evidence.content import accept, clean_name
from assessments.evidence.upload_handlers import is_no_space
from assessments.models import Assessment, Evidence
from audit.record import record
from companies.permissions import require, verbs_in_company

CHUNK = 64 * 1024


class TooLarge(Exception):
    """One file is larger than a file may be."""


class NoRoom(Exception):
    """The files of this assessment together would be larger than they may be."""


class NoSpace(Exception):
    """The disk of the site is full; nothing was stored."""


class Gone(Exception):
    """The file is no longer kept, so that it cannot be brought back or used again."""


def attach(*, assessment: Assessment, item: str, name: str, upload: IO[bytes], by: User) -> Evidence:
    """Store a file beside the answer to `item`; the same content sent again finds the first.

    Raises `TooLarge`, `NoRoom`, `NoSpace`, `Frozen`, `Forbidden` or `evidence_content.Refused`; then nothing
    is stored.
    """
    _may_change(assessment, by)
    if upload.seek(0, 2) > settings.EVIDENCE_MAX_BYTES:
        raise TooLarge
    accepted = accept(upload)
    digest, size = digest_of(accepted.content)
    same = assessment.evidence.present().filter(item=item, sha256=digest).first()
    if same is not None:
        return same
    stored_name = store(accepted.content, size)
    try:
        with transaction.atomic():
            _make_room(assessment, size)
            # A second request with the same content got here first: its row is the one.
            evidence, is_new = Evidence.objects.get_or_create(
                assessment=assessment,
                item=item,
                sha256=digest,
                removed_at=None,
                defaults={
                    "name": clean_name(name, accepted.kind),
                    "stored_name": stored_name,
                    "content_type": accepted.kind,
                    "size": size,
                    "uploaded_by": by,
                },
            )
            if is_new:
                _record("evidence.added", evidence, by)
    except BaseException:
        default_storage.delete(stored_name)
        raise
    if not is_new:
        default_storage.delete(stored_name)
    return evidence


def reuse(*, assessment: Assessment, evidence: Evidence, by: User) -> Evidence:
    """Put the evidence of an earlier round beside the same item of this one, without copying the file."""
    _may_change(assessment, by)
    with transaction.atomic():
        _make_room(assessment, evidence.size)
        if evidence.removed_at is not None or not default_storage.exists(evidence.stored_name):
            raise Gone
        again, is_new = Evidence.objects.get_or_create(
            assessment=assessment,
            item=evidence.item,
            sha256=evidence.sha256,
            removed_at=None,
            defaults={
                "name": evidence.name,
                "stored_name": evidence.stored_name,
                "content_type": evidence.content_type,
                "size": evidence.size,
                "uploaded_by": by,
                "reused_from": evidence,
            },
        )
        if is_new:
            _record("evidence.reused", again, by, source=str(evidence.pk))
    return again


def remove(*, evidence: Evidence, by: User) -> None:
    """Take the file away from the answer; it can be brought back for some days. Twice equals once."""
    _may_change(evidence.assessment, by)
    now = timezone.now()
    with transaction.atomic():
        removed = Evidence.objects.present().filter(pk=evidence.pk).update(removed_at=now, removed_by=by)
        if removed:
            evidence.removed_at, evidence.removed_by = now, by
            _record("evidence.removed", evidence, by)


def restore(*, evidence: Evidence, by: User) -> None:
    """Bring a removed file back; raises `Gone` when it is no longer kept."""
    _may_change(evidence.assessment, by)
    if evidence.removed_at is None:
        return
    with transaction.atomic():
        _make_room(evidence.assessment, evidence.size)
        same = evidence.assessment.evidence.present().filter(item=evidence.item, sha256=evidence.sha256)
        if same.exists():
            return
        if not evidence.can_be_restored or not default_storage.exists(evidence.stored_name):
            raise Gone
        evidence.removed_at = evidence.removed_by = None
        evidence.save(update_fields=["removed_at", "removed_by"])
        _record("evidence.restored", evidence, by)


def record_reading(evidence: Evidence, *, by: User) -> None:
    """Note who read a file."""
    _record("evidence.read", evidence, by)


def _may_change(assessment: Assessment, by: User) -> None:
    require(verbs_in_company(by, assessment.company), Verb.ANSWER)
    if not may_submit(assessment):
        raise Frozen


def _make_room(assessment: Assessment, size: int) -> None:
    """Refuse what does not fit; the row of the assessment is the lock of those who add at the same time."""
    locked = Assessment.objects.select_for_update().only("id").get(pk=assessment.pk)
    used = locked.evidence.present().aggregate(bytes=Sum("size"))["bytes"] or 0
    if used + size > settings.EVIDENCE_ASSESSMENT_MAX_BYTES:
        raise NoRoom


def store(content: IO[bytes], size: int, folder: str = FOLDER) -> str:
    """Write the content under a random name; a full disk leaves nothing behind."""
    # The database lives on the same disk, and stops when the last byte is gone.
    if shutil.disk_usage(settings.VAR_DIR).free < size + settings.EVIDENCE_DISK_RESERVE_BYTES:
        raise NoSpace
    token = uuid.uuid4().hex
    name = f"{folder}/{token[:2]}/{token}"
    content.seek(0)
    try:
        return default_storage.save(name, File(content))
    except OSError as error:
        default_storage.delete(name)
        if is_no_space(error):
            raise NoSpace from error
        raise


def digest_of(content: IO[bytes]) -> tuple[str, int]:
    """The sha256 of a content, and its length."""
    content.seek(0)
    digest, size = hashlib.sha256(), 0
    while piece := content.read(CHUNK):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _record(action: str, evidence: Evidence, by: User, **details: str) -> None:
    record(
        action,
        evidence,
        by=by,
        company_id=evidence.assessment.company_id,
        programme_id=evidence.assessment.round.programme_id,
        item=evidence.item,
        name=evidence.name,
        size=evidence.size,
        sha256=evidence.sha256,
        **details,
    )
