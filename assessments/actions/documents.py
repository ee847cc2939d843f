"""Keeping papers of an acceptance."""

from __future__ import annotations

from typing import IO

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from assessments.actions.evidence import TooLarge, hash_content, store_file
from assessments.audit_codes import AssessmentAuditCode
from assessments.evidence.content import accept_file, clean_name
from assessments.models import Assessment, Document
from assessments.reviewing.acceptance import load_terms
from audit.codes import AuditCode
from audit.record import record
from companies.permissions import permissions_in_company, require

FOLDER = "documents"


class UnknownKind(Exception):
    """A kind of paper that does not exist."""


def file_document(*, assessment: Assessment, kind: str, name: str, upload: IO[bytes], by: User) -> Document:
    """Store a paper; the same content sent again finds the first.

    Raises `UnknownKind`, `TooLarge`, `NoSpace`, `evidence_content.Refused` or `Forbidden`; then nothing is stored.
    """
    require(permissions_in_company(by, assessment.company), Permission.ACCEPT)
    if load_terms().find_document(kind) is None:
        raise UnknownKind
    if upload.seek(0, 2) > settings.EVIDENCE_MAX_BYTES:
        raise TooLarge
    accepted = accept_file(upload)
    digest, size = hash_content(accepted.content)
    same = assessment.documents.exclude_removed().filter(kind=kind, sha256=digest).first()
    if same is not None:
        return same
    stored_name = store_file(accepted.content, size, FOLDER)
    try:
        with transaction.atomic():
            document = Document.objects.create(
                assessment=assessment,
                kind=kind,
                name=clean_name(name, accepted.kind),
                stored_name=stored_name,
                content_type=accepted.kind,
                size=size,
                sha256=digest,
                uploaded_by=by,
                uploaded_at=timezone.now(),
            )
            record_document(AssessmentAuditCode.DOCUMENT_FILED, document, by=by)
    except BaseException:
        default_storage.delete(stored_name)
        raise
    return document


def record_document(action: AuditCode, document: Document, *, by: User) -> None:
    """Note who filed or read a paper."""
    record(
        action,
        document,
        by=by,
        company_id=document.assessment.company_id,
        programme_id=document.assessment.round.programme_id,
        kind=document.kind,
        name=document.name,
        sha256=document.sha256,
    )
