"""The ledger (台账) of a cohort: one row per company, as a workbook."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Choices
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import NoticeKind as NoticeKind
from accounts.notices import notify
from accounts.roles import Permission
from assessments.models import Round
from audit.record import record
from cohort.audit_codes import CohortAuditCode
from cohort.briefings.labels import join_sentences
from cohort.filters import ALL, OF_RESULTS, CohortFilters
from cohort.models import LedgerExport
from cohort.queries.cohort import Cohort
from cohort.queries.company_columns import EXPORT, CompanyColumn, annotate_columns, list_columns
from cohort.stored_files import store_content
from companies.models.reference import Named
from companies.permissions import Forbidden, permissions_in_programme
from documents.workbook_writer import (
    A3,
    SHADED_HEAD,
    TITLE,
    PageSetup,
    SheetCell,
    SheetColumn,
    Value,
    WorkbookSheet,
    build_workbook,
)

Beat = Callable[[int, int], None]
CHUNK = 200
HEAD_HEIGHT = 32


def build_export_cohort(export: LedgerExport) -> Cohort:
    """Return the companies that the person may see now, narrowed as asked for; raise `Forbidden`."""
    verbs = permissions_in_programme(export.requested_by, export.programme)
    if Permission.EXPORT not in verbs:
        raise Forbidden(Permission.EXPORT)
    sees_results = Permission.SEE_ANSWERS in verbs
    filters = CohortFilters.read(export.filters).keep_only(ALL if sees_results else ALL - OF_RESULTS)
    earlier = (
        Round.objects.filter(programme=export.programme, code__lt=export.round.code).order_by("-code").first()
    )
    return Cohort(
        user=export.requested_by,
        programme=export.programme,
        round=export.round,
        earlier=earlier,
        filters=filters,
        sees_results=sees_results,
        moment=timezone.now(),
    )


def write_companies_export(export: LedgerExport, beat: Beat) -> None:
    """Write the workbook, keep it, and tell the person who asked. One that is written stays as it is."""
    if export.as_of is not None:
        return
    with override(export.requested_by.language):
        cohort = build_export_cohort(export)
        content, rows = build_export_workbook(export, cohort, beat)
        export.stored_name, export.size, export.rows = store_content(content), len(content), rows
        export.as_of = cohort.moment
        export.save(update_fields=["stored_name", "size", "rows", "as_of"])
        record(
            CohortAuditCode.LEDGER_EXPORTED, export, by=export.requested_by, programme_id=export.programme_id,
            rows=rows, filters=export.filters, has_phones=export.has_phones,
        )  # fmt: skip
        notify(
            user=export.requested_by,
            kind=NoticeKind.FILE_READY,
            link=reverse("cohort:ledger"),
            key=f"ledger:{export.pk}",
            file=build_file_name(export),
        )


def build_file_name(export: LedgerExport) -> str:
    """Return the name under which the file is saved."""
    day = timezone.localtime(export.as_of or export.requested_at).date().isoformat()
    return f"{_('Ledger')} {export.round.code} {day}.xlsx"


def format_filters_sentence(words: str) -> str:
    """Return a sentence on the filters that narrow the export."""
    return _("Filters: %(filters)s.") % {"filters": words} if words else _("No filters.")


def build_export_workbook(export: LedgerExport, cohort: Cohort, beat: Beat) -> tuple[bytes, int]:
    """Build the workbook; return it and how many companies it has."""
    columns = list_columns(EXPORT, sees_results=cohort.sees_results)
    companies = annotate_columns(
        cohort.companies.select_related("division", "functional_area", "sector", "key_industry"), columns
    ).order_by("division__position", "name", "pk")
    total = companies.count()
    moment = date_format(timezone.localtime(cohort.moment), "DATETIME_FORMAT")
    remarks = [
        _(
            "Levels are computed by this site; “self” is provisional. Readiness compares with reference facilities."
        )
    ]
    if not export.has_phones:
        remarks.append(_("Phone numbers are masked."))
    moment_words = _("As of %(moment)s.") % {"moment": moment}
    rows = []
    for number, company in enumerate(companies.iterator(chunk_size=CHUNK), start=1):
        rows.append([_read_cell(column, company, has_phones=export.has_phones) for column in columns])
        if number % CHUNK == 0:
            beat(min(number, total), total)
    beat(total, max(total, 1))
    content = build_workbook(
        WorkbookSheet(
            [SheetColumn(str(column.heading or column.label), column.kind) for column in columns],
            rows,
            name=_("Ledger"),
            above=[
                SheetCell(f"{export.programme.name} · {export.round.get_code_display()}", TITLE),
                join_sentences([moment_words, format_filters_sentence(export.filter_words)]),
                join_sentences(remarks),
            ],
            head_look={**SHADED_HEAD, "border": 1},
            head_height=HEAD_HEIGHT,
            frozen_columns=2,
            has_filter=True,
            # Too wide for one page: each further page begins with the code and the name again.
            page=PageSetup(A3, fits_width=False),
        )
    )
    return content, len(rows)


def _read_cell(column: CompanyColumn, company: Any, *, has_phones: bool) -> Value:
    """Read a value as a workbook takes it: the name of an entry, the label of a choice, the day of a moment."""
    value = column.read_value(company)
    if column.mask is not None and not has_phones:
        value = column.mask(value)
    if isinstance(value, datetime):
        return timezone.localtime(value).date()
    if isinstance(value, Choices):
        return str(value.label)
    return value.name if isinstance(value, Named) else value
