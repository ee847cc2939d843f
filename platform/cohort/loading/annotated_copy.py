"""Writes a copy of a file with its mistakes: a list of them in front, and each cell marked with what to do."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from cohort.loading.problems import FileProblem
from cohort.loading.reading import Cell, CohortTable, read_tables

WIDEST = 48
NARROWEST = 8
# A Chinese character takes about as much room as two Latin ones.
WIDE_FROM = "\u2e80"
# Names of sheets have at most so many characters.
MAX_SHEET_NAME = 31


def build_annotated_copy(content: bytes, name: str, problems: Sequence[FileProblem]) -> bytes:
    """Build the workbook, or the CSV file as one, with each wrong cell in red and a note beside it."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as workbook:
        head = workbook.add_format({"bold": True, "bg_color": "#DCE6F2", "text_wrap": True, "valign": "top"})
        plain = workbook.add_format({"text_wrap": True, "valign": "top"})
        wrong = workbook.add_format({"bg_color": "#F8D7DA", "border": 1, "border_color": "#B02A37"})
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        tables = read_tables(content, name)
        taken = {table.name.lower() for table in tables.values()}
        title = next(
            text for text in (_("Mistakes"), "mistakes 2", "mistakes 3") if text.lower() not in taken
        )
        _write_problem_list(workbook.add_worksheet(title), problems, head, plain)
        for table in tables.values():
            sheet = workbook.add_worksheet(table.name[:MAX_SHEET_NAME])
            own = [problem for problem in problems if problem.sheet == table.name]
            _write_sheet(sheet, table, own, head=head, wrong=wrong, day=day)
    return buffer.getvalue()


def _write_problem_list(
    sheet: Worksheet, problems: Sequence[FileProblem], head: Format, plain: Format
) -> None:
    for position, (title, width) in enumerate(
        ((_("Sheet"), 14), (_("Row"), 8), (_("Column"), 28), (_("What to do"), 90))
    ):
        sheet.write_string(0, position, title, head)
        sheet.set_column(position, position, width)
    sheet.freeze_panes(1, 0)
    for number, problem in enumerate(problems, start=1):
        sheet.write_string(number, 0, problem.sheet, plain)
        if problem.row:
            sheet.write_number(number, 1, problem.row, plain)
        sheet.write_string(number, 2, problem.column, plain)
        sheet.write_string(number, 3, problem.message, plain)


def _write_sheet(
    sheet: Worksheet,
    table: CohortTable,
    problems: Sequence[FileProblem],
    *,
    head: Format,
    wrong: Format,
    day: Format,
) -> None:
    notes: dict[tuple[int, int], list[str]] = {}
    for problem in problems:
        column = table.header.index(problem.column) if problem.column in table.header else 0
        notes.setdefault((problem.row or table.header_row, column), []).append(problem.message)
    widths: dict[int, int] = {}
    lines: list[tuple[int, Sequence[Cell]]] = [(table.header_row, table.header), *table.rows]
    for number, cells in lines:
        for position, cell in enumerate(cells):
            widths[position] = max(widths.get(position, NARROWEST), measure_width(cell))
            marked = wrong if (number, position) in notes else head if number == table.header_row else None
            _write(sheet, number - 1, position, cell, marked, day)
    content = dict(lines)
    for (number, position), messages in notes.items():
        # A cell that is empty was not written above.
        cells = content.get(number, ())
        if position >= len(cells) or cells[position] in (None, ""):
            sheet.write_blank(number - 1, position, None, wrong)
        sheet.write_comment(number - 1, position, "\n".join(messages), {"x_scale": 2, "y_scale": 1.5})
    for position, width in widths.items():
        sheet.set_column(position, position, min(width + 2, WIDEST))
    sheet.freeze_panes(table.header_row, 0)


def _write(sheet: Worksheet, row: int, column: int, cell: Cell, style: Format | None, day: Format) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell, style)
    elif isinstance(cell, float | int):
        sheet.write_number(row, column, cell, style)
    elif isinstance(cell, datetime | date):
        sheet.write_datetime(row, column, cell, style or day)
    elif isinstance(cell, time | timedelta):
        sheet.write_string(row, column, str(cell), style)
    else:
        sheet.write_string(row, column, cell, style)


def measure_width(cell: object) -> int:
    """Return how many Latin characters wide a cell is."""
    return sum(2 if sign >= WIDE_FROM else 1 for sign in ("" if cell is None else str(cell)))
