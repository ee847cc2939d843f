"""Handing in a file, and having it loaded once it is checked."""

from __future__ import annotations

import hashlib

from django.core.files.storage import default_storage
from django.db import transaction

from accounts.models import User
from accounts.roles import Verb
from assessments.models import Round
from audit.record import record
from cohort.models import CohortFile, LedgerExport
from cohort.models.file_kinds import Kind
from cohort.stored_files import keep
from cohort.tasks import request_check, request_ledger, request_load
from companies.models import Programme
from companies.permissions import Forbidden, require, verbs_in_programme
from companies.phone_visibility import CALLERS


class NotChecked(Exception):
    """The file is not ready to be loaded: it is being checked, was refused, or is loaded already."""


def hand_in(
    *, programme: Programme, kind: Kind, name: str, content: bytes, accept_check_character: bool, by: User
) -> CohortFile:
    """Keep the file and have it checked; nothing of it is stored yet."""
    require(verbs_in_programme(by, programme), Verb.LOAD_COHORT)
    stored_name = keep(content)
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
                "cohort_file.handed_in", file, by=by, programme_id=programme.pk,
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
    require(verbs_in_programme(by, file.programme), Verb.LOAD_COHORT)
    with transaction.atomic():
        taken = CohortFile.objects.filter(pk=file.pk, state=CohortFile.State.CHECKED).update(
            state=CohortFile.State.LOADING
        )
        if not taken:
            raise NotChecked
        record("cohort_file.load_asked", file, by=by, programme_id=file.programme_id, name=file.name)
        CohortFile.objects.filter(pk=file.pk).update(job=request_load(file, by=by))


def ask_for_ledger(
    *,
    programme: Programme,
    round_: Round,
    filters: dict[str, str],
    filter_words: str,
    has_phones: bool,
    by: User,
) -> LedgerExport:
    """Have the ledger written for what the filters leave; phone numbers in full only for whom they concern.

    `filter_words` say the same as `filters` to whoever reads the workbook.
    """
    verbs = verbs_in_programme(by, programme)
    require(verbs, Verb.EXPORT)
    if has_phones and not verbs & CALLERS:
        raise Forbidden(Verb.RUN_PROGRAMME)
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
            "ledger.asked", export, by=by, programme_id=programme.pk,
            round=round_.code, filters=filters, has_phones=has_phones,
        )  # fmt: skip
        export.job = request_ledger(export, by=by)
        export.save(update_fields=["job"])
    return export


def record_download(export: LedgerExport, *, by: User) -> None:
    """Note that a ledger was taken away."""
    record(
        "ledger.downloaded", export, by=by, programme_id=export.programme_id,
        rows=export.rows, has_phones=export.has_phones,
    )  # fmt: skip
