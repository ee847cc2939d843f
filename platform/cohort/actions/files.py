"""Handing in a file, and having it loaded once it is checked."""

from __future__ import annotations

import hashlib

from django.core.files.storage import default_storage
from django.db import transaction

from accounts.models import User
from accounts.roles import Permission
from assessments.models import Round
from audit.record import record
from cohort.audit_codes import CohortAuditCode
from cohort.models import CohortFile, LedgerExport
from cohort.models.file_kinds import FileKind
from cohort.stored_files import store_content
from cohort.tasks import request_check, request_companies_export, request_load
from companies.models import Programme
from companies.permissions import Forbidden, permissions_in_programme, require
from companies.phone_visibility import CALLERS


class NotChecked(Exception):
    """Error of a file that is not ready to be loaded: being checked, refused, or loaded already."""


def upload_cohort_file(
    *, programme: Programme, kind: FileKind, name: str, content: bytes, accept_check_character: bool, by: User
) -> CohortFile:
    """Keep the file and have it checked; nothing of it is stored yet."""
    require(permissions_in_programme(by, programme), Permission.LOAD_COHORT)
    stored_name = store_content(content)
    try:
        with transaction.atomic():
            file = CohortFile.objects.create(
                programme=programme,
                kind=kind,
                name=name[-160:],
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                stored_name=stored_name,
                accept_check_character=accept_check_character,
                uploaded_by=by,
            )
            record(
                CohortAuditCode.COHORT_FILE_HANDED_IN, file, by=by, programme_id=programme.pk,
                kind=kind.value, name=file.name, sha256=file.sha256,
            )  # fmt: skip
            file.job = request_check(file, by=by)
            file.save(update_fields=["job"])
    except BaseException:
        default_storage.delete(stored_name)
        raise
    return file


def load_checked(*, file: CohortFile, by: User) -> None:
    """Have a checked file loaded; twice equals once. Raises `NotChecked` or `Forbidden`."""
    require(permissions_in_programme(by, file.programme), Permission.LOAD_COHORT)
    with transaction.atomic():
        taken = CohortFile.objects.filter(pk=file.pk, state=CohortFile.State.CHECKED).update(
            state=CohortFile.State.LOADING
        )
        if not taken:
            raise NotChecked
        record(
            CohortAuditCode.COHORT_FILE_LOAD_ASKED,
            file,
            by=by,
            programme_id=file.programme_id,
            name=file.name,
        )
        CohortFile.objects.filter(pk=file.pk).update(job=request_load(file, by=by))


def order_companies_export(
    *,
    programme: Programme,
    round_: Round,
    filters: dict[str, str],
    filter_words: str,
    has_phones: bool,
    by: User,
) -> LedgerExport:
    """Have the export written for what the filters leave; phones in full only for whom they concern.

    `filter_words` say the same as `filters` to whoever reads the workbook.
    """
    verbs = permissions_in_programme(by, programme)
    require(verbs, Permission.EXPORT)
    if has_phones and not verbs & CALLERS:
        raise Forbidden(Permission.RUN_PROGRAMME)
    with transaction.atomic():
        export = LedgerExport.objects.create(
            programme=programme,
            round=round_,
            filters=filters,
            filter_words=filter_words,
            has_phones=has_phones,
            requested_by=by,
        )
        record(
            CohortAuditCode.LEDGER_ASKED, export, by=by, programme_id=programme.pk,
            round=round_.code, filters=filters, has_phones=has_phones,
        )  # fmt: skip
        export.job = request_companies_export(export, by=by)
        export.save(update_fields=["job"])
    return export


def record_download(export: LedgerExport, *, by: User) -> None:
    """Record that a companies export was downloaded."""
    record(
        CohortAuditCode.LEDGER_DOWNLOADED, export, by=by, programme_id=export.programme_id,
        rows=export.rows, has_phones=export.has_phones,
    )  # fmt: skip
