"""The recommendation summary table (推荐汇总表): its rows, and the workbook."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from assessments.models import Batch, CountyCheck
from companies.models import Listing
from documents.workbook_writer import (
    RULED_HEAD,
    TITLE,
    WRAPPED,
    PageSetup,
    SheetCell,
    SheetColumn,
    ValueKind,
    WorkbookSheet,
    build_workbook,
)


def get_batch_columns() -> dict[str, tuple[str, int]]:
    """Return the heading of each column, and its width in the workbook."""
    return {
        "number": (_("No."), 6),
        "name": (_("Company"), 34),
        "credit_code": (_("Unified social credit code"), 22),
        "division": (_("Division"), 14),
        "functional_area": (_("Functional area"), 18),
        "sector": (_("Sector"), 18),
        "main_products": (_("Main products"), 24),
        "round": (_("Round"), 8),
        "provider": (_("Service provider"), 26),
        "contract_on": (_("Contract signed on"), 14),
        "contract": (_("Contract, 10,000 yuan"), 16),
        "self_level": (_("Level, self-assessed"), 12),
        "verified_level": (_("Level, verified"), 12),
        "base_points": (_("Base points"), 12),
        "recommended_on": (_("Recommended on"), 14),
        "recommended_by": (_("Recommended by"), 14),
        "contact": (_("Contact"), 14),
        "phone": (_("Telephone"), 16),
    }


def list_batch_rows(batch: Batch) -> list[dict[str, str]]:
    """Return the rows of a batch that was not sent yet, in the order of putting in; three queries."""
    entries = list(
        batch.entries.select_related(
            "assessment__company__division",
            "assessment__company__functional_area",
            "assessment__company__sector",
            "assessment__round",
            "assessment__self_run",
            "assessment__verified_run",
        )
    )
    companies = [entry.assessment.company_id for entry in entries]
    listings = {
        listing.company_id: listing
        for listing in Listing.objects.filter(programme=batch.programme_id, company__in=companies)
    }
    reviewers = dict(
        CountyCheck.objects.filter(
            assessment__in=[entry.assessment_id for entry in entries],
            outcome=CountyCheck.Outcome.RECOMMENDED,
        )
        .order_by("checked_at")
        .values_list("assessment_id", "checked_by__name")
    )
    rows = []
    for number, entry in enumerate(entries, start=1):
        assessment, company = entry.assessment, entry.assessment.company
        listing = listings.get(company.pk)
        own, verified = assessment.self_run, assessment.verified_run
        counting = verified or own
        rows.append(
            {
                "number": str(number),
                "name": company.name,
                "credit_code": company.credit_code,
                "division": company.division.name_zh,
                "functional_area": company.functional_area.name_zh if company.functional_area else "",
                "sector": company.sector.name_zh,
                "main_products": company.main_products,
                "round": assessment.round.code,
                "provider": listing.provider_name if listing else "",
                "contract_on": listing.contract_on.isoformat() if listing and listing.contract_on else "",
                "contract": str(listing.contract_wan) if listing and listing.contract_wan else "",
                "self_level": str(own.official_level) if own else "",
                "verified_level": str(verified.official_level) if verified else "",
                "base_points": f"{counting.base_points / 1000:g}" if counting else "",
                "recommended_on": (
                    assessment.recommended_at.date().isoformat() if assessment.recommended_at else ""
                ),
                "recommended_by": reviewers.get(assessment.pk, ""),
                "contact": company.contact_name,
                "phone": company.contact_phone,
            }
        )
    return rows


def render_batch_workbook(batch: Batch, rows: Sequence[dict[str, str]]) -> bytes:
    """Render the table as XLSX: all cells are text, so codes and telephone numbers keep their digits."""
    columns = get_batch_columns()
    state = (
        _("Sent on %(date)s, checksum %(sha)s")
        % {"date": batch.sent_at.date().isoformat(), "sha": batch.sha256}
        if batch.sent_at
        else _("Draft, not sent yet")
    )
    return build_workbook(
        WorkbookSheet(
            [SheetColumn(title, ValueKind.TEXT, width, WRAPPED) for title, width in columns.values()],
            [[row.get(name, "") for name in columns] for row in rows],
            name=_("Recommendation summary"),
            above=[
                SheetCell(_("Recommendation summary: %(batch)s") % {"batch": batch.name}, TITLE),
                state,
                "",
            ],
            head_look=RULED_HEAD,
            frozen_columns=2,
            has_filter=True,
            page=PageSetup(),
        )
    )
