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
from accounts.roles import Permission
from assessments.actions.answers import AnswersLocked
from assessments.answering.reopening import may_submit
from assessments.audit_codes import AssessmentAuditCode
from assessments.evidence.cleanup import FOLDER
from assessments.evidence.content import accept_file, clean_name
from assessments.evidence.upload_handlers import is_disk_full
from assessments.models import Assessment, Evidence
from audit.codes import AuditCode
from audit.record import record
from companies.permissions import permissions_in_company, require

CHUNK = 64 * 1024


class TooLarge(Exception):
    """A file that is larger than a file may be."""


class NoRoom(Exception):
    """A file for which the files of this assessment together leave no room."""


class NoSpace(Exception):
    """A full disk of the site; nothing was stored."""


class Gone(Exception):
    """A file that is no longer kept, so that it cannot be brought back or used again."""


def attach_file(*, assessment: Assessment, item: str, name: str, upload: IO[bytes], by: User) -> Evidence:
    """Store a file beside the answer to `item`; the same content sent again finds the first.

    Raises `TooLarge`, `NoRoom`, `NoSpace`, `Frozen`, `Forbidden` or `evidence_content.Refused`; then nothing
    is stored.
    """
    _require_changeable(assessment, by)
    if upload.seek(0, 2) > settings.EVIDENCE_MAX_BYTES:
        raise TooLarge
    accepted = accept_file(upload)
    digest, size = hash_content(accepted.content)
    same = assessment.evidence.exclude_removed().filter(item=item, sha256=digest).first()
    if same is not None:
        return same
    stored_name = store_file(accepted.content, size)
    try:
        with transaction.atomic():
            _require_room(assessment, size)
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
                _record_evidence(AssessmentAuditCode.EVIDENCE_ADDED, evidence, by)
    except BaseException:
        default_storage.delete(stored_name)
        raise
    if not is_new:
        default_storage.delete(stored_name)
    return evidence


def reuse_file(*, assessment: Assessment, evidence: Evidence, by: User) -> Evidence:
    """Put the evidence of an earlier round beside the same item of this one, without copying the file."""
    _require_changeable(assessment, by)
    with transaction.atomic():
        _require_room(assessment, evidence.size)
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
            _record_evidence(AssessmentAuditCode.EVIDENCE_REUSED, again, by, source=str(evidence.pk))
    return again


def remove_file(*, evidence: Evidence, by: User) -> None:
    """Take the file away from the answer; it can be brought back for some days. Twice equals once."""
    _require_changeable(evidence.assessment, by)
    now = timezone.now()
    with transaction.atomic():
        removed = (
            Evidence.objects.exclude_removed().filter(pk=evidence.pk).update(removed_at=now, removed_by=by)
        )
        if removed:
            evidence.removed_at, evidence.removed_by = now, by
            _record_evidence(AssessmentAuditCode.EVIDENCE_REMOVED, evidence, by)


def restore_file(*, evidence: Evidence, by: User) -> None:
    """Bring a removed file back; raises `Gone` when it is no longer kept."""
    _require_changeable(evidence.assessment, by)
    if evidence.removed_at is None:
        return
    with transaction.atomic():
        _require_room(evidence.assessment, evidence.size)
        same = evidence.assessment.evidence.exclude_removed().filter(
            item=evidence.item, sha256=evidence.sha256
        )
        if same.exists():
            return
        if not evidence.can_be_restored or not default_storage.exists(evidence.stored_name):
            raise Gone
        evidence.removed_at = evidence.removed_by = None
        evidence.save(update_fields=["removed_at", "removed_by"])
        _record_evidence(AssessmentAuditCode.EVIDENCE_RESTORED, evidence, by)


def record_reading(evidence: Evidence, *, by: User) -> None:
    """Note who read a file."""
    _record_evidence(AssessmentAuditCode.EVIDENCE_READ, evidence, by)


def _require_changeable(assessment: Assessment, by: User) -> None:
    require(permissions_in_company(by, assessment.company), Permission.ANSWER)
    if not may_submit(assessment):
        raise AnswersLocked


def _require_room(assessment: Assessment, size: int) -> None:
    """Refuse what does not fit; the row of the assessment is the lock of those who add at the same time."""
    locked = Assessment.objects.select_for_update().only("id").get(pk=assessment.pk)
    used = locked.evidence.exclude_removed().aggregate(bytes=Sum("size"))["bytes"] or 0
    if used + size > settings.EVIDENCE_ASSESSMENT_MAX_BYTES:
        raise NoRoom


def store_file(content: IO[bytes], size: int, folder: str = FOLDER) -> str:
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
        if is_disk_full(error):
            raise NoSpace from error
        raise


def hash_content(content: IO[bytes]) -> tuple[str, int]:
    """Return the sha256 of a content, and its length."""
    content.seek(0)
    digest, size = hashlib.sha256(), 0
    while piece := content.read(CHUNK):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _record_evidence(action: AuditCode, evidence: Evidence, by: User, **details: str) -> None:
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
