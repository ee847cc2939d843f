"""A panel of the overview as a file: its numbers as a workbook, its chart as a picture."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.roles import Permission
from audit.record import record
from cohort.audit_codes import CohortAuditCode
from cohort.filters import ALL, FRAME, CohortFilters
from cohort.queries.cohort import Cohort
from cohort.queries.differences import Differences
from cohort.views.bar import describe_filters
from cohort.views.desk import CohortContext, get_cohort_context
from cohort.views.overview import HEAT_CUTS, Panels, list_risk_rows
from cohort.views.panel_tables import (
    PanelTable,
    build_change_table,
    build_division_table,
    build_funnel_table,
    build_heat_table,
    build_item_table,
    build_level_table,
    build_provider_table,
    build_risk_table,
    build_score_table,
    build_target_table,
    build_tier_table,
)
from companies.permissions import require
from documents import picture
from documents.workbook_writer import (
    MIME_TYPE,
    TITLE,
    PageSetup,
    SheetCell,
    SheetColumn,
    WorkbookSheet,
    build_workbook,
)

KINDS = {
    "xlsx": MIME_TYPE,
    "png": "image/png",
}
# Panels that compare answers of single companies.
OF_ANSWERS = ("providers", "items")
TABLES: dict[str, Callable[[CohortContext, Cohort, Panels], PanelTable | None]] = {
    "funnel": lambda _desk, _cohort, found: build_funnel_table(found),
    "risk": lambda _desk, cohort, _found: build_risk_table(list_risk_rows(cohort, None)),
    "divisions": lambda _desk, _cohort, found: build_division_table(found, HEAT_CUTS),
    "heat": lambda _desk, cohort, found: build_heat_table(found, cohort, HEAT_CUTS),
    "levels": lambda _desk, _cohort, found: build_level_table(found),
    "target": lambda desk, _cohort, found: build_target_table(found, desk),
    "tiers": lambda _desk, _cohort, found: build_tier_table(found),
    "scores": lambda desk, _cohort, found: build_score_table(found, desk.release),
    "change": lambda _desk, _cohort, found: build_change_table(found),
    "providers": lambda _desk, cohort, _found: build_provider_table(Differences(cohort).compare_providers()),
    "items": lambda _desk, cohort, _found: build_item_table(Differences(cohort).compare_items(), cohort),
}


@login_required
@require_safe
def download_panel(request: HttpRequest, panel: str, kind: str) -> HttpResponse:
    """Send the file of a panel under the filters in the address; the filters are written in it."""
    if panel not in TABLES or kind not in KINDS:
        raise Http404
    filters = CohortFilters.read(request.GET)
    desk = get_cohort_context(request, filters)
    allowed = ALL if desk.sees_results else FRAME
    cohort = desk.build_cohort(filters.keep_only(allowed))
    if panel == "risk":
        # It names companies: a list to take away.
        require(desk.verbs, Permission.EXPORT)
    if panel in OF_ANSWERS:
        require(desk.verbs, Permission.SEE_ANSWERS)
    # Only what this panel shows is worked out.
    found = Panels(desk, cohort) if cohort else None
    has_companies = found is not None and found["summary"].listed
    table = TABLES[panel](desk, cohort, found) if cohort and found and has_companies else None
    if cohort is None or table is None:
        raise Http404
    notes = list_notes(desk, cohort)
    content = build_panel_workbook(table, notes) if kind == "xlsx" else draw_panel(table, notes)
    record(
        CohortAuditCode.PANEL_DOWNLOADED,
        desk.programme,
        by=desk.user,
        programme_id=desk.programme.pk,
        panel=panel,
        kind=kind,
        filters=cohort.filters.query(),
    )
    response = HttpResponse(content, content_type=KINDS[kind])
    name = f"{table.title} {cohort.round.code} {localtime(cohort.moment):%Y-%m-%d}.{kind}"
    response["Content-Disposition"] = (
        f"attachment; filename=\"{panel}.{kind}\"; filename*=UTF-8''{quote(name)}"
    )
    response["Cache-Control"] = "private, no-store"
    return response


def list_notes(desk: CohortContext, cohort: Cohort) -> list[str]:
    """Return what the figures are of: programme and round, filters, moment, release, whether generated."""
    narrowed = describe_filters(desk, cohort.filters)
    moment = date_format(localtime(cohort.moment), "DATETIME_FORMAT")
    notes = [
        _("%(programme)s, round %(round)s") % {"programme": desk.programme.name, "round": cohort.round.code},
        _("Filters: %(filters)s") % {"filters": narrowed or _("none, all companies")},
        _("Figures as of %(moment)s") % {"moment": moment},
    ]
    if desk.release is not None:
        notes.append(_("Scored by model version %(name)s") % {"name": desk.release.name})
        if desk.release.is_synthetic:
            notes.append(_("The reference facilities are generated and describe no real company."))
    return notes


def build_panel_workbook(table: PanelTable, notes: list[str]) -> bytes:
    """Write one sheet: the title, the notes, then the table under a head that stays in view."""
    first = max(24, *(2 * len(str(row[0])) for row in table.rows))
    figures = [SheetColumn(title, width=14, title_look={"align": "right"}) for title in table.head[1:]]
    return build_workbook(
        WorkbookSheet(
            [SheetColumn(table.head[0], width=first), *figures],
            table.rows,
            above=[SheetCell(table.title, TITLE), *notes, ""],
            frozen_columns=1,
            page=PageSetup(),
        )
    )


def draw_panel(table: PanelTable, notes: list[str]) -> bytes:
    """Draw the chart with its title and notes as a PNG."""
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return picture.render_captioned_png(table.drawing(), title=table.title, notes=notes, language=language)
