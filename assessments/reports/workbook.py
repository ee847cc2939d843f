"""One result, one chart or one plan as a workbook."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import xlsxwriter
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.answering.progress import PlanProgress
from assessments.answering.questions import translate_text
from assessments.reports import tables
from assessments.reports.charts import CHARTS, Chart
from assessments.reports.plan_table import (
    build_outcome_table,
    build_plan_table,
    build_standing_table,
    format_outcome_title,
    format_plan_totals,
    list_standing_notes,
)
from assessments.reports.sentences import format_source_line, get_synthetic_line
from assessments.reports.tables import ReportTable
from assessments.results import AssessmentResult
from companies.level_labels import get_level_label
from documents.numbers import MINUS, format_chance, format_points
from instrument import load_instrument

WIDEST = 60
LONGEST_SHEET_NAME = 31
FIGURE = re.compile(rf"[+{MINUS}-]?\d[\d,]*(\.\d+)?")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
A4 = 9
LINE_HEIGHT = 15
Look = Callable[..., Any]


def render_result_workbook(result: AssessmentResult) -> bytes:
    """Render all figures of the result page; the first sheet says what they are."""
    instrument = load_instrument(result.instrument_version)
    figures = ReportTable(
        [_("Figure"), _("Value")],
        [
            [_("Company"), result.company_name],
            [_("Round"), result.round_code],
            [_("Scored"), date_format(localtime(result.scored_at), "DATETIME_FORMAT")],
            [_("Official level"), get_level_label(result.official.level, result.instrument_version)],
            [_("State"), pgettext("level", "Verified") if result.official.is_verified else _("Provisional")],
            [_("Base points"), f"{float(result.official.base):.3f}"],
            [_("Readiness score"), format_points(result.readiness.score)],
            [
                _("Likely range"),
                f"{format_points(result.readiness.low)}–{format_points(result.readiness.high)}",
            ],
            [
                _("Chance of this tier or higher"),
                format_chance(result.tier.exceed[result.tier.tier - 1])
                if result.tier and result.tier.tier
                else "–",
            ],
        ],
    )
    every_answer = ReportTable(
        [_("Question"), pgettext("of a question", "Name"), _("Points")],
        [
            [move.item, translate_text(instrument.get_item(move.item).name), f"{float(move.points):.4f}"]
            for move in result.explanation.moves
        ],
    )
    sheets = [(_("Result"), figures)]
    sheets += [(chart.title, chart.table) for make in CHARTS.values() if (chart := make(result))]
    moved = tables.build_changes_table(result)
    if moved.rows:
        sheets.append((_("From round to round"), moved))
    sheets += [
        (_("Your place in your sector"), tables.build_positions_table(result)),
        (_("Every answer"), every_answer),
    ]
    return _render_workbook(sheets, _list_notes(result))


def render_chart_workbook(result: AssessmentResult, chart: Chart) -> bytes:
    """Render the numbers of one chart."""
    return _render_workbook([(chart.title, chart.table)], [chart.caption, *_list_notes(result)])


def render_plan_workbook(progress: PlanProgress, *, is_synthetic: bool) -> bytes:
    """Render the steps of a plan, what they lead to, and their outcome."""
    notes = [
        progress.plan.assessment.company.name,
        format_plan_totals(progress),
        *list_standing_notes(progress),
    ]
    if is_synthetic:
        notes.append(get_synthetic_line())
    sheets = [
        (_("Plan"), build_plan_table(progress, in_numbers=True)),
        (_("Level and score"), build_standing_table(progress)),
    ]
    outcome = build_outcome_table(progress)
    if outcome is not None:
        sheets.append((format_outcome_title(progress), outcome))
    return _render_workbook(sheets, notes)


def _list_notes(result: AssessmentResult) -> list[str]:
    lines = [f"{result.company_name} · {result.round_code}", format_source_line(result)]
    return [*lines, get_synthetic_line()] if result.is_synthetic else lines


def _render_workbook(sheets: Sequence[tuple[str, ReportTable]], notes: Sequence[str]) -> bytes:
    """Render a workbook of tables; the notes stand below the first one. No text can become a formula."""
    made = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(made, options) as book:
        look = _build_look(book)
        for number, (title, table) in enumerate(sheets):
            # Excel knows no colons and strokes in the names of sheets, and no long ones.
            safe = "".join(sign for sign in title if sign not in "[]:*?/\\'")[: LONGEST_SHEET_NAME - 3]
            sheet = book.add_worksheet(f"{number + 1} {safe}")
            _set_paper(sheet)
            _write_table(look, sheet, table)
            if number == 0:
                _write_notes(look, sheet, notes, table)
    return made.getvalue()


def _build_look(book: Any) -> Look:
    """Build what makes a format of the book from its properties: once each, however many cells have it."""
    return cache(lambda **look: book.add_format(look))


def _set_paper(sheet: Any) -> None:
    """Put all columns on one sheet of A4, with the head on each."""
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 1)


def _write_table(look: Look, sheet: Any, table: ReportTable) -> None:
    for column, text in enumerate(table.head):
        below = [row[column] for row in table.rows]
        sheet.set_column(column, column, _compute_column_width(table, column))
        is_figure = column > 0 and any(map(FIGURE.fullmatch, below))
        side = {"align": "right"} if is_figure else {"indent": int(column > 0)}
        sheet.write_string(0, column, text, look(bold=True, bottom=1, text_wrap=True, valign="top", **side))
    for line, row in enumerate(table.rows, start=1):
        for column, text in enumerate(row):
            _write_cell(look, sheet, line, column, text)


def _write_notes(look: Look, sheet: Any, notes: Sequence[str], table: ReportTable) -> None:
    """Write the notes below the table, each over its whole width and as high as it needs."""
    last = len(table.head) - 1
    room = sum(_compute_column_width(table, column) for column in range(last + 1))
    for line, note in enumerate(notes, start=len(table.rows) + 2):
        sheet.merge_range(line, 0, line, last, note, look(text_wrap=True, valign="top"))
        sheet.set_row(line, LINE_HEIGHT * (1 + _compute_width(note) // room))


def _write_cell(look: Look, sheet: Any, line: int, column: int, text: str) -> None:
    """Write a figure as a number with its places, a day as a date, everything else as text."""
    if column > 0 and DAY.fullmatch(text):
        shown = look(num_format="yyyy-mm-dd", valign="top")
        sheet.write_datetime(line, column, datetime.fromisoformat(text), shown)
    elif column > 0 and FIGURE.fullmatch(text):
        places = len(text.partition(".")[2])
        shown = look(num_format=f"0.{'0' * places}" if places else "0", valign="top")
        sheet.write_number(line, column, float(text.replace(MINUS, "-").replace(",", "")), shown)
    else:
        sheet.write_string(line, column, text, look(text_wrap=True, valign="top", indent=int(column > 0)))


def _compute_column_width(table: ReportTable, column: int) -> int:
    texts = [table.head[column], *(row[column] for row in table.rows)]
    return min(WIDEST, max(map(_compute_width, texts)) + 3)


def _compute_width(text: str) -> int:
    return sum(1 if sign.isascii() else 2 for sign in text)
