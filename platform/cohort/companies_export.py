"""The ledger (台账) of a cohort: one row per company, as a workbook."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from accounts.models import Kind as NoticeKind
from accounts.notices import notify
from accounts.roles import Verb
from assessments.models import Round
from audit.record import record
from cohort.briefings.labels import joined
from cohort.filters import ALL, OF_RESULTS, Filters
from cohort.loading.annotated_copy import width_of
from cohort.models import LedgerExport
from cohort.queries.cohort import Cohort
from cohort.queries.expressions import STAGES, counted, step
from cohort.stored_files import keep
from companies.names import name_in
from companies.permissions import Forbidden, verbs_in_programme
from companies.phone_visibility import masked

Value = str | int | Decimal | date | datetime | None
Beat = Callable[[int, int], None]
CHUNK = 200
WIDEST = 44
A3 = 8  # as workbooks number kinds of paper
HEAD_ROW = 3
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the ledger: its heading, how a cell of it looks, and what stands in it."""

    title: str
    style: str
    value: Callable[[Any], Value]
    is_result: bool = False


def columns(language: str, *, has_phones: bool) -> list[Column]:
    """The columns in the order of the sheet."""

    def named(name: str) -> Callable[[Any], Value]:
        return lambda company: getattr(company, name)

    def stage(company: Any) -> Value:
        return str(STAGES[company.step].label)

    def choice(name: str) -> Callable[[Any], Value]:
        return lambda company: str(getattr(company, f"get_{name}_display")())

    def name_of(name: str) -> Callable[[Any], Value]:
        return lambda company: getattr(company, name).name if getattr(company, name) else ""

    def phone(company: Any) -> Value:
        return company.contact_phone if has_phones else masked(company.contact_phone)

    def points(name: str) -> Callable[[Any], Value]:
        return lambda company: (
            None if getattr(company, name) is None else Decimal(getattr(company, name)) / 100
        )

    def day(name: str) -> Callable[[Any], Value]:
        return lambda company: (
            None if getattr(company, name) is None else timezone.localtime(getattr(company, name)).date()
        )

    return [
        Column(_("Unified social credit code"), "text", named("credit_code")),
        Column(_("Company"), "text", lambda company: name_in(language, company)),
        Column(_("Division"), "text", name_of("division")),
        Column(_("Functional area"), "text", name_of("functional_area")),
        Column(_("Park"), "text", named("park")),
        Column(_("Sector"), "text", name_of("sector")),
        Column(_("Key industry"), "text", name_of("key_industry")),
        Column(_("Size"), "text", choice("size")),
        Column(_("Specialised SME grade"), "text", choice("specialised")),
        Column(_("Contact"), "text", named("contact_name")),
        Column(_("Contact’s phone"), "text", phone),
        Column(_("Batch"), "text", named("listing_batch")),
        Column(_("Service provider"), "text", named("listing_provider")),
        Column(_("Contract date"), "date", named("listing_contract_on")),
        Column(_("Contract value (10,000 yuan)"), "amount", named("listing_contract_wan")),
        Column(_("Target level"), "whole", named("listing_target")),
        Column(_("Status"), "text", stage),
        Column(_("Questions answered"), "whole", lambda company: company.answered or 0),
        Column(_("Invited on"), "date", day("invited_at")),
        Column(_("Submitted on"), "date", day("submitted_at")),
        Column(_("Recommended on"), "date", day("recommended_at")),
        Column(_("Verified on"), "date", day("verified_at")),
        Column(_("Accepted on"), "date", day("accepted_at")),
        Column(_("Official level, self"), "whole", named("level_self"), is_result=True),
        Column(_("Official level, verified"), "whole", named("level_verified"), is_result=True),
        Column(_("Readiness score"), "points", points("readiness"), is_result=True),
        Column(_("Likely range, from"), "points", points("low"), is_result=True),
        Column(_("Likely range, to"), "points", points("high"), is_result=True),
    ]


def companies_of(cohort: Cohort) -> Any:
    """The companies that the filters leave, with all that the ledger says of them; one query."""
    found = cohort.companies.select_related("division", "functional_area", "sector", "key_industry").annotate(
        step=step(),
        answered=F("now__answered"),
        listing_batch=F("listing__batch"),
        listing_provider=F("listing__provider_name"),
        listing_contract_on=F("listing__contract_on"),
        listing_contract_wan=F("listing__contract_wan"),
        listing_target=F("listing__target_level"),
        **{f"{name}_at": F(f"now__{name}_at") for name in (
            "invited", "submitted", "recommended", "verified", "accepted"
        )},
    )  # fmt: skip
    if cohort.sees_results:
        found = found.annotate(
            level_self=F("now__self_run__official_level"),
            level_verified=F("now__verified_run__official_level"),
            readiness=counted("readiness"),
            low=counted("readiness_low"),
            high=counted("readiness_high"),
        )
    return found.order_by("division__position", "name", "pk")


def cohort_of(export: LedgerExport) -> Cohort:
    """The companies that the person may see now, narrowed as was asked for; raises `Forbidden`."""
    verbs = verbs_in_programme(export.requested_by, export.programme)
    if Verb.EXPORT not in verbs:
        raise Forbidden(Verb.EXPORT)
    sees_results = Verb.SEE_ANSWERS in verbs
    filters = Filters.read(export.filters).only(ALL if sees_results else ALL - OF_RESULTS)
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


def write_ledger(export: LedgerExport, beat: Beat) -> None:
    """Write the workbook, keep it, and tell the person who asked. One that is written stays as it is."""
    if export.as_of is not None:
        return
    with override(export.requested_by.language):
        cohort = cohort_of(export)
        content, rows = workbook_of(export, cohort, beat)
        export.stored_name, export.size, export.rows = keep(content), len(content), rows
        export.as_of = cohort.moment
        export.save(update_fields=["stored_name", "size", "rows", "as_of"])
        record(
            "ledger.exported", export, by=export.requested_by, programme_id=export.programme_id,
            rows=rows, filters=export.filters, has_phones=export.has_phones,
        )  # fmt: skip
        notify(
            user=export.requested_by,
            kind=NoticeKind.FILE_READY,
            link=reverse("cohort:ledger"),
            key=f"ledger:{export.pk}",
            file=file_name(export),
        )


def file_name(export: LedgerExport) -> str:
    """What the file is called when it is saved."""
    day = timezone.localtime(export.as_of or export.requested_at).date().isoformat()
    return f"{_('Ledger')} {export.round.code} {day}.xlsx"


def of_filters(words: str) -> str:
    """A sentence on the filters that narrow the ledger."""
    return _("Filters: %(filters)s.") % {"filters": words} if words else _("No filters.")


def workbook_of(export: LedgerExport, cohort: Cohort, beat: Beat) -> tuple[bytes, int]:
    """The workbook and how many companies it has."""
    chosen = [
        column
        for column in columns(get_language() or "en", has_phones=export.has_phones)
        if cohort.sees_results or not column.is_result
    ]
    companies = companies_of(cohort)
    total = companies.count()
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as workbook:
        styles = {
            "text": workbook.add_format({"num_format": "@"}),
            "whole": workbook.add_format({"num_format": "0"}),
            "amount": workbook.add_format({"num_format": "#,##0.00"}),
            "points": workbook.add_format({"num_format": "0.0"}),
            "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
            "title": workbook.add_format({"bold": True, "font_size": 14}),
            "head": workbook.add_format(
                {"bold": True, "bg_color": "#DCE6F2", "text_wrap": True, "valign": "top", "border": 1}
            ),
        }
        sheet = workbook.add_worksheet(_("Ledger"))
        sheet.write_string(
            0, 0, f"{export.programme.name} · {export.round.get_code_display()}", styles["title"]
        )
        moment = date_format(timezone.localtime(cohort.moment), "DATETIME_FORMAT")
        remarks = [
            _(
                "Levels are computed by this site; “self” is provisional. Readiness compares with reference facilities."
            )
        ]
        if not export.has_phones:
            remarks.append(_("Phone numbers are masked."))
        moment_words = _("As of %(moment)s.") % {"moment": moment}
        sheet.write_string(1, 0, joined([moment_words, of_filters(export.filter_words)]))
        sheet.write_string(2, 0, joined(remarks))
        widths = [min(width_of(column.title), 16) for column in chosen]
        for place, column in enumerate(chosen):
            sheet.write_string(HEAD_ROW, place, column.title, styles["head"])
        row = HEAD_ROW
        for row, values in enumerate(_rows(companies, chosen, total, beat), start=HEAD_ROW + 1):
            for place, (column, value) in enumerate(zip(chosen, values, strict=True)):
                widths[place] = max(widths[place], width_of(value))
                _write(sheet, row, place, value, styles[column.style])
        for place, width in enumerate(widths):
            sheet.set_column(place, place, min(width + 2, WIDEST))
        sheet.set_row(HEAD_ROW, 32)
        sheet.freeze_panes(HEAD_ROW + 1, 2)
        sheet.autofilter(HEAD_ROW, 0, max(row, HEAD_ROW + 1), len(chosen) - 1)
        # Too wide for one page: each further page begins with the code and the name again.
        sheet.repeat_rows(HEAD_ROW)
        sheet.repeat_columns(0, 1)
        sheet.set_landscape()
        sheet.set_paper(A3)
    return buffer.getvalue(), row - HEAD_ROW


def _rows(companies: Any, chosen: list[Column], total: int, beat: Beat) -> Iterator[list[Value]]:
    for number, company in enumerate(companies.iterator(chunk_size=CHUNK), start=1):
        yield [column.value(company) for column in chosen]
        if number % CHUNK == 0:
            beat(min(number, total), total)
    beat(total, max(total, 1))


def _write(sheet: Any, row: int, column: int, value: Value, style: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str):
        sheet.write_string(row, column, value, style)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, style)
    else:
        sheet.write_number(row, column, float(value), style)
