"""The ledger (台账) of a cohort: one row per company, as a workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from accounts.models import NoticeKind as NoticeKind
from accounts.notices import notify
from accounts.roles import Permission
from assessments.models import Round
from assessments.models.counting_run import build_run_expression
from assessments.models.stage import STAGES, build_step_expression
from audit.record import record
from cohort.audit_codes import CohortAuditCode
from cohort.briefings.labels import join_sentences
from cohort.filters import ALL, OF_RESULTS, CohortFilters
from cohort.models import LedgerExport
from cohort.queries.cohort import Cohort
from cohort.queries.expressions import NOW
from cohort.stored_files import store_content
from companies.names import get_company_name
from companies.permissions import Forbidden, permissions_in_programme
from companies.phone_visibility import mask_phone
from documents.workbook_writer import (
    A3,
    SHADED_HEAD,
    TITLE,
    PageSetup,
    SheetCell,
    SheetColumn,
    Value,
    ValueKind,
    WorkbookSheet,
    build_workbook,
)

Beat = Callable[[int, int], None]
CHUNK = 200
HEAD_HEIGHT = 32


@dataclass(frozen=True, slots=True)
class CompaniesExportColumn:
    """A column of the companies export: its heading, the kind of its values, and what stands in it."""

    title: str
    kind: ValueKind
    value: Callable[[Any], Value]
    is_result: bool = False


def build_export_columns(language: str, *, has_phones: bool) -> list[CompaniesExportColumn]:
    """Build the columns in the order of the sheet."""

    def read_attribute(name: str) -> Callable[[Any], Value]:
        return lambda company: getattr(company, name)

    def read_stage(company: Any) -> Value:
        return str(STAGES[company.step].label)

    def read_choice(name: str) -> Callable[[Any], Value]:
        return lambda company: str(getattr(company, f"get_{name}_display")())

    def read_name(name: str) -> Callable[[Any], Value]:
        return lambda company: getattr(company, name).name if getattr(company, name) else ""

    def format_phone(company: Any) -> Value:
        return company.contact_phone if has_phones else mask_phone(company.contact_phone)

    def read_day(name: str) -> Callable[[Any], Value]:
        return lambda company: (
            None if getattr(company, name) is None else timezone.localtime(getattr(company, name)).date()
        )

    return [
        CompaniesExportColumn(_("Unified social credit code"), ValueKind.TEXT, read_attribute("credit_code")),
        CompaniesExportColumn(
            _("Company"), ValueKind.TEXT, lambda company: get_company_name(language, company)
        ),
        CompaniesExportColumn(_("Division"), ValueKind.TEXT, read_name("division")),
        CompaniesExportColumn(_("Functional area"), ValueKind.TEXT, read_name("functional_area")),
        CompaniesExportColumn(_("Park"), ValueKind.TEXT, read_attribute("park")),
        CompaniesExportColumn(_("Sector"), ValueKind.TEXT, read_name("sector")),
        CompaniesExportColumn(_("Key industry"), ValueKind.TEXT, read_name("key_industry")),
        CompaniesExportColumn(_("Size"), ValueKind.TEXT, read_choice("size")),
        CompaniesExportColumn(_("Specialised SME grade"), ValueKind.TEXT, read_choice("specialised")),
        CompaniesExportColumn(_("Contact"), ValueKind.TEXT, read_attribute("contact_name")),
        CompaniesExportColumn(_("Contact’s phone"), ValueKind.TEXT, format_phone),
        CompaniesExportColumn(_("Batch"), ValueKind.TEXT, read_attribute("listing_batch")),
        CompaniesExportColumn(_("Service provider"), ValueKind.TEXT, read_attribute("listing_provider")),
        CompaniesExportColumn(_("Contract date"), ValueKind.DATE, read_attribute("listing_contract_on")),
        CompaniesExportColumn(
            _("Contract value (10,000 yuan)"), ValueKind.MONEY, read_attribute("listing_contract_wan")
        ),
        CompaniesExportColumn(_("Target level"), ValueKind.INTEGER, read_attribute("listing_target")),
        CompaniesExportColumn(_("Status"), ValueKind.TEXT, read_stage),
        CompaniesExportColumn(
            _("Questions answered"), ValueKind.INTEGER, lambda company: company.answered or 0
        ),
        CompaniesExportColumn(_("Invited on"), ValueKind.DATE, read_day("invited_at")),
        CompaniesExportColumn(_("Submitted on"), ValueKind.DATE, read_day("submitted_at")),
        CompaniesExportColumn(_("Recommended on"), ValueKind.DATE, read_day("recommended_at")),
        CompaniesExportColumn(_("Verified on"), ValueKind.DATE, read_day("verified_at")),
        CompaniesExportColumn(_("Accepted on"), ValueKind.DATE, read_day("accepted_at")),
        CompaniesExportColumn(
            _("Official level, self"), ValueKind.INTEGER, read_attribute("level_self"), is_result=True
        ),
        CompaniesExportColumn(
            _("Official level, verified"), ValueKind.INTEGER, read_attribute("level_verified"), is_result=True
        ),
        CompaniesExportColumn(
            _("Readiness score"), ValueKind.POINTS, read_attribute("readiness"), is_result=True
        ),
        CompaniesExportColumn(
            _("Likely range, from"), ValueKind.POINTS, read_attribute("low"), is_result=True
        ),
        CompaniesExportColumn(
            _("Likely range, to"), ValueKind.POINTS, read_attribute("high"), is_result=True
        ),
    ]


def list_exported_companies(cohort: Cohort) -> Any:
    """Return the companies that the filters leave, with all that the export says of them; one query."""
    found = cohort.companies.select_related("division", "functional_area", "sector", "key_industry").annotate(
        step=build_step_expression(NOW),
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
            readiness=build_run_expression("readiness", NOW),
            low=build_run_expression("readiness_low", NOW),
            high=build_run_expression("readiness_high", NOW),
        )
    return found.order_by("division__position", "name", "pk")


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
    chosen = [
        column
        for column in build_export_columns(get_language() or "en", has_phones=export.has_phones)
        if cohort.sees_results or not column.is_result
    ]
    companies = list_exported_companies(cohort)
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
    rows = list(_iter_rows(companies, chosen, total, beat))
    content = build_workbook(
        WorkbookSheet(
            [SheetColumn(column.title, column.kind) for column in chosen],
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


def _iter_rows(
    companies: Any, chosen: list[CompaniesExportColumn], total: int, beat: Beat
) -> Iterator[list[Value]]:
    for number, company in enumerate(companies.iterator(chunk_size=CHUNK), start=1):
        yield [column.value(company) for column in chosen]
        if number % CHUNK == 0:
            beat(min(number, total), total)
    beat(total, max(total, 1))
