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
from assessments.answering.questions import words
from assessments.reports import tables
from assessments.reports.charts import CHARTS, Chart
from assessments.reports.plan_table import (
    outcome_table,
    outcome_title,
    plan_table,
    plan_totals,
    standing_notes,
    standing_table,
)
from assessments.reports.sentences import source_line, synthetic_line
from assessments.reports.tables import Table
from assessments.results import Result
from documents.numbers import MINUS, chance, points
from instrument import load

WIDEST = 60
LONGEST_SHEET_NAME = 31
FIGURE = re.compile(rf"[+{MINUS}-]?\d[\d,]*(\.\d+)?")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
A4 = 9
LINE_HEIGHT = 15
Look = Callable[..., Any]


def result_workbook(result: Result) -> bytes:
    """All figures of the result page; the first sheet says what they are."""
    instrument = load(result.instrument_version)
    figures = Table(
        [_("Figure"), _("Value")],
        [
            [_("Company"), result.company_name],
            [_("Round"), result.round_code],
            [_("Scored"), date_format(localtime(result.scored_at), "DATETIME_FORMAT")],
            [_("Official level"), str(result.official.level)],
            [_("State"), pgettext("level", "Verified") if result.official.is_verified else _("Provisional")],
            [_("Base points"), f"{float(result.official.base):.3f}"],
            [_("Readiness score"), points(result.readiness.score)],
            [_("Likely range"), f"{points(result.readiness.low)}–{points(result.readiness.high)}"],
            [
                _("Chance of this tier or higher"),
                chance(result.tier.exceed[result.tier.tier - 1]) if result.tier and result.tier.tier else "–",
            ],
        ],
    )
    every_answer = Table(
        [_("Question"), pgettext("of a question", "Name"), _("Points")],
        [
            [move.item, words(instrument.item(move.item).name), f"{float(move.points):.4f}"]
            for move in result.explanation.moves
        ],
    )
    sheets = [(_("Result"), figures)]
    sheets += [(chart.title, chart.table) for make in CHARTS.values() if (chart := make(result))]
    moved = tables.changes(result)
    if moved.rows:
        sheets.append((_("From round to round"), moved))
    sheets += [
        (_("Your place in your sector"), tables.positions(result)),
        (_("Every answer"), every_answer),
    ]
    return _book(sheets, _notes(result))


def chart_workbook(result: Result, chart: Chart) -> bytes:
    """The numbers of one chart."""
    return _book([(chart.title, chart.table)], [chart.caption, *_notes(result)])


def plan_workbook(progress: PlanProgress, *, is_synthetic: bool) -> bytes:
    """The steps of a plan, what they lead to, and what came of them."""
    notes = [progress.plan.assessment.company.name, plan_totals(progress), *standing_notes(progress)]
    if is_synthetic:
        notes.append(synthetic_line())
    sheets = [
        (_("Plan"), plan_table(progress, in_numbers=True)),
        (_("Level and score"), standing_table(progress)),
    ]
    outcome = outcome_table(progress)
    if outcome is not None:
        sheets.append((outcome_title(progress), outcome))
    return _book(sheets, notes)


def _notes(result: Result) -> list[str]:
    lines = [f"{result.company_name} · {result.round_code}", source_line(result)]
    return [*lines, synthetic_line()] if result.is_synthetic else lines


def _book(sheets: Sequence[tuple[str, Table]], notes: Sequence[str]) -> bytes:
    """A workbook of tables; the notes stand below the first one. No text can become a formula."""
    made = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(made, options) as book:
        look = _looks(book)
        for number, (title, table) in enumerate(sheets):
            # Excel knows no colons and strokes in the names of sheets, and no long ones.
            safe = "".join(sign for sign in title if sign not in "[]:*?/\\'")[: LONGEST_SHEET_NAME - 3]
            sheet = book.add_worksheet(f"{number + 1} {safe}")
            _for_paper(sheet)
            _write_table(look, sheet, table)
            if number == 0:
                _write_notes(look, sheet, notes, table)
    return made.getvalue()


def _looks(book: Any) -> Look:
    """What makes a format of the book from its properties: once each, however many cells have it."""
    return cache(lambda **look: book.add_format(look))


def _for_paper(sheet: Any) -> None:
    """All columns on one sheet of A4, with the head on each."""
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 1)


def _write_table(look: Look, sheet: Any, table: Table) -> None:
    for column, text in enumerate(table.head):
        below = [row[column] for row in table.rows]
        sheet.set_column(column, column, _column_width(table, column))
        is_figure = column > 0 and any(map(FIGURE.fullmatch, below))
        side = {"align": "right"} if is_figure else {"indent": int(column > 0)}
        sheet.write_string(0, column, text, look(bold=True, bottom=1, text_wrap=True, valign="top", **side))
    for line, row in enumerate(table.rows, start=1):
        for column, text in enumerate(row):
            _write(look, sheet, line, column, text)


def _write_notes(look: Look, sheet: Any, notes: Sequence[str], table: Table) -> None:
    """Below the table, each over its whole width and as high as it needs."""
    last = len(table.head) - 1
    room = sum(_column_width(table, column) for column in range(last + 1))
    for line, note in enumerate(notes, start=len(table.rows) + 2):
        sheet.merge_range(line, 0, line, last, note, look(text_wrap=True, valign="top"))
        sheet.set_row(line, LINE_HEIGHT * (1 + _width(note) // room))


def _write(look: Look, sheet: Any, line: int, column: int, text: str) -> None:
    """A figure as a number with the places that it is shown with, a day as a date, everything else as text."""
    if column > 0 and DAY.fullmatch(text):
        shown = look(num_format="yyyy-mm-dd", valign="top")
        sheet.write_datetime(line, column, datetime.fromisoformat(text), shown)
    elif column > 0 and FIGURE.fullmatch(text):
        places = len(text.partition(".")[2])
        shown = look(num_format=f"0.{'0' * places}" if places else "0", valign="top")
        sheet.write_number(line, column, float(text.replace(MINUS, "-").replace(",", "")), shown)
    else:
        sheet.write_string(line, column, text, look(text_wrap=True, valign="top", indent=int(column > 0)))


def _column_width(table: Table, column: int) -> int:
    texts = [table.head[column], *(row[column] for row in table.rows)]
    return min(WIDEST, max(map(_width, texts)) + 3)


def _width(text: str) -> int:
    return sum(1 if sign.isascii() else 2 for sign in text)
