"""A panel of the overview as a file: its numbers as a workbook, its chart as a picture."""

from __future__ import annotations

import io
from collections.abc import Callable
from urllib.parse import quote

import xlsxwriter
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.roles import Verb
from audit.record import record
from cohort.filters import ALL, FRAME, Filters
from cohort.queries.cohort import Cohort
from cohort.queries.differences import Differences
from cohort.views.bar import filter_words
from cohort.views.desk import Desk, desk_of
from cohort.views.overview import HEAT_CUTS, Panels, risk_rows
from cohort.views.panel_tables import (
    PanelTable,
    of_change,
    of_divisions,
    of_funnel,
    of_heat,
    of_items,
    of_levels,
    of_providers,
    of_risk,
    of_scores,
    of_target,
    of_tiers,
)
from companies.permissions import require
from documents import picture

KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "png": "image/png",
}
# Panels that compare answers of single companies.
OF_ANSWERS = ("providers", "items")
TABLES: dict[str, Callable[[Desk, Cohort, Panels], PanelTable | None]] = {
    "funnel": lambda _desk, _cohort, found: of_funnel(found),
    "risk": lambda _desk, cohort, _found: of_risk(risk_rows(cohort, None)),
    "divisions": lambda _desk, _cohort, found: of_divisions(found, HEAT_CUTS),
    "heat": lambda _desk, cohort, found: of_heat(found, cohort, HEAT_CUTS),
    "levels": lambda _desk, _cohort, found: of_levels(found),
    "target": lambda desk, _cohort, found: of_target(found, desk),
    "tiers": lambda _desk, _cohort, found: of_tiers(found),
    "scores": lambda desk, _cohort, found: of_scores(found, desk.release),
    "change": lambda _desk, _cohort, found: of_change(found),
    "providers": lambda _desk, cohort, _found: of_providers(Differences(cohort).by_provider()),
    "items": lambda _desk, cohort, _found: of_items(Differences(cohort).by_item(), cohort),
}


@login_required
@require_safe
def panel_file(request: HttpRequest, panel: str, kind: str) -> HttpResponse:
    """The file of a panel under the filters in the address; what was computed under which is written in it."""
    if panel not in TABLES or kind not in KINDS:
        raise Http404
    filters = Filters.read(request.GET)
    desk = desk_of(request, filters)
    allowed = ALL if desk.sees_results else FRAME
    cohort = desk.cohort(filters.only(allowed))
    if panel == "risk":
        # It names companies: a list to take away.
        require(desk.verbs, Verb.EXPORT)
    if panel in OF_ANSWERS:
        require(desk.verbs, Verb.SEE_ANSWERS)
    # Only what this panel shows is worked out.
    found = Panels(desk, cohort) if cohort else None
    has_companies = found is not None and found["summary"].listed
    table = TABLES[panel](desk, cohort, found) if cohort and found and has_companies else None
    if cohort is None or table is None:
        raise Http404
    notes = notes_of(desk, cohort)
    content = workbook(table, notes) if kind == "xlsx" else drawn(table, notes)
    record(
        "panel.downloaded",
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


def notes_of(desk: Desk, cohort: Cohort) -> list[str]:
    """What the figures are of: programme and round, filters, moment, release and whether it is generated."""
    narrowed = filter_words(desk, cohort.filters)
    moment = date_format(localtime(cohort.moment), "DATETIME_FORMAT")
    notes = [
        _("%(programme)s, round %(round)s") % {"programme": desk.programme.name, "round": cohort.round.code},
        _("Filters: %(filters)s") % {"filters": narrowed or _("none, all companies")},
        _("Figures as of %(moment)s") % {"moment": moment},
    ]
    if desk.release is not None:
        notes.append(_("Scored by model release %(name)s") % {"name": desk.release.name})
        if desk.release.is_synthetic:
            notes.append(_("The reference facilities are generated and describe no real company."))
    return notes


def workbook(table: PanelTable, notes: list[str]) -> bytes:
    """One sheet: the title, the notes, then the table under a head that stays in view."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        sheet = book.add_worksheet()
        strong, head = book.add_format({"bold": True, "font_size": 14}), book.add_format({"bold": True})
        number_head = book.add_format({"bold": True, "align": "right"})
        sheet.write_string(0, 0, table.title, strong)
        for place, note in enumerate(notes, start=1):
            sheet.write_string(place, 0, note)
        first = len(notes) + 2
        sheet.write_string(first, 0, table.head[0], head)
        sheet.write_row(first, 1, table.head[1:], number_head)
        for place, row in enumerate(table.rows, start=first + 1):
            sheet.write_row(place, 0, row)
        sheet.freeze_panes(first + 1, 1)
        sheet.set_column(0, 0, max(24, *(2 * len(str(row[0])) for row in table.rows)))
        sheet.set_column(1, len(table.head), 14)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
    return stream.getvalue()


def drawn(table: PanelTable, notes: list[str]) -> bytes:
    """The chart with its title and notes as a PNG."""
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return picture.captioned(table.drawing(), title=table.title, notes=notes, language=language)
