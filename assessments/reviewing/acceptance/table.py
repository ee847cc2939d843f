"""The recommendation summary table (推荐汇总表): its rows, and the workbook."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter
from django.utils.translation import gettext as _

from assessments.models import Batch, CountyCheck
from companies.models import Listing

WIDTHS = {
    "number": 6,
    "name": 34,
    "credit_code": 22,
    "division": 14,
    "functional_area": 18,
    "sector": 18,
    "main_products": 24,
    "round": 8,
    "provider": 26,
    "contract_on": 14,
    "contract": 16,
    "self_level": 12,
    "verified_level": 12,
    "base_points": 12,
    "recommended_on": 14,
    "recommended_by": 14,
    "contact": 14,
    "phone": 16,
}


def get_batch_headings() -> dict[str, str]:
    """Return the heading of each column."""
    return {
        "number": _("No."),
        "name": _("Company"),
        "credit_code": _("Unified social credit code"),
        "division": _("Division"),
        "functional_area": _("Functional area"),
        "sector": _("Sector"),
        "main_products": _("Main products"),
        "round": _("Round"),
        "provider": _("Service provider"),
        "contract_on": _("Contract signed on"),
        "contract": _("Contract, 10,000 yuan"),
        "self_level": _("Level, self-assessed"),
        "verified_level": _("Level, verified"),
        "base_points": _("Base points"),
        "recommended_on": _("Recommended on"),
        "recommended_by": _("Recommended by"),
        "contact": _("Contact"),
        "phone": _("Telephone"),
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
    content = io.BytesIO()
    # Text that looks like a formula or an address stays text.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        sheet = book.add_worksheet(_("Recommendation summary"))
        title = book.add_format({"bold": True, "font_size": 14})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        sheet.write_string(0, 0, _("Recommendation summary: %(batch)s") % {"batch": batch.name}, title)
        state = (
            _("Sent on %(date)s, sha256 %(sha)s")
            % {"date": batch.sent_at.date().isoformat(), "sha": batch.sha256}
            if batch.sent_at
            else _("Draft, not sent yet")
        )
        sheet.write_string(1, 0, state)
        for column, (name, heading) in enumerate(get_batch_headings().items()):
            sheet.set_column(column, column, WIDTHS[name])
            sheet.write_string(3, column, heading, head)
            for line, row in enumerate(rows, start=4):
                sheet.write_string(line, column, row.get(name, ""), text)
        sheet.freeze_panes(4, 2)
        sheet.autofilter(3, 0, 3 + len(rows), len(WIDTHS) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(3)
    return content.getvalue()
