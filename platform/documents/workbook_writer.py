"""Writes workbooks: sheets described as columns and rows, in looks and kinds of value that all files share.

Whatever the text, no cell becomes a formula, a link or a number of its own accord: text is written as text.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

MIME_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A sheet holds 2^20 rows; a table of more goes on on the next sheet.
ROWS_PER_SHEET = 1_000_000
# With these a spreadsheet takes the text of a CSV file, or text that is pasted, for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
A3, A4 = 8, 9
USUAL_WIDTH = 8.43

_LONGEST_SHEET_NAME = 31
_FORBIDDEN_IN_SHEET_NAMES = str.maketrans("", "", "[]:*?/\\'")
# Widths are in Latin characters; a Chinese one takes about as much room as two.
_NARROWEST, _WIDEST, _WIDEST_TITLE, _MARGIN = 8, 48, 16, 2
_WIDE_FROM = "\u2e80"
_LINE_HEIGHT = 15

Value = str | int | float | Decimal | date | None
# Properties of a format as xlsxwriter names them.
Look = Mapping[str, Any]

BOLD: Look = {"bold": True}
TITLE: Look = {"bold": True, "font_size": 14}
WRAPPED: Look = {"text_wrap": True, "valign": "top"}
SHADED_HEAD: Look = {"bold": True, "bg_color": "#DCE6F2", **WRAPPED}
RULED_HEAD: Look = {"bold": True, "bottom": 1, **WRAPPED}


class ValueKind(Enum):
    """The kind of value that a column holds; the value of the kind is its number format."""

    ANY = ""  # by the type of each value
    TEXT = "@"
    INTEGER = "0"
    POINTS = "0.0"  # given in hundredths
    MONEY = "#,##0.00"
    AMOUNT = "0.00"
    DATE = "yyyy-mm-dd"


# A date without a number format would be shown as a number.
_DATED: Look = {"num_format": ValueKind.DATE.value}


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: its title, what it holds, how wide it is (None: as what stands in it) and how it looks."""

    title: str = ""
    kind: ValueKind = ValueKind.ANY
    width: float | None = None
    look: Look = field(default_factory=dict)
    title_look: Look = field(default_factory=dict)

    @property
    def cell_look(self) -> Look:
        """The look of its cells."""
        return {"num_format": self.kind.value, **self.look} if self.kind.value else self.look


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A value that looks otherwise than its column, with a note beside it; it is written even when empty."""

    value: Value
    look: Look = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class PageSetup:
    """Printing, landscape: on one page's width, or else with the frozen columns on each page."""

    paper: int = 0  # the printer's own
    fits_width: bool = True


Row = Sequence[Value | SheetCell]


@dataclass(frozen=True, slots=True)
class WorkbookSheet:
    """A sheet: lines above, a head that stays in view, rows, and notes below the table.

    Without a title of any column there is no head. `frozen_rows` is needed where the head is among the rows.
    `is_form` gives empty cells the look of their column, for people to fill in.
    """

    columns: Sequence[SheetColumn]
    rows: Iterable[Row] = ()
    name: str = ""
    above: Sequence[str | SheetCell] = ()
    below: Sequence[str] = ()
    head_look: Look = field(default_factory=lambda: BOLD)
    head_height: float | None = None
    frozen_rows: int = 0
    frozen_columns: int = 0
    has_filter: bool = False
    is_form: bool = False
    page: PageSetup | None = None


def build_workbook(*sheets: WorkbookSheet) -> bytes:
    """Build a workbook in memory."""
    content = io.BytesIO()
    write_workbook(content, sheets)
    return content.getvalue()


def write_workbook(
    target: Path | BinaryIO, sheets: Iterable[WorkbookSheet], *, constant_memory: bool = False
) -> None:
    """Write a workbook; with `constant_memory` rows go to a file as they come, whatever their number."""
    options = {
        "in_memory": not constant_memory,
        "constant_memory": constant_memory,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options) as book:
        formats = _Formats(book)
        for sheet in sheets:
            _write_sheet(book, formats, sheet)


def guard_formula(value: Any) -> Any:
    """Return text that a spreadsheet cannot take for a formula; anything else as it is."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def measure_width(value: object) -> int:
    """Return how many Latin characters wide a value is."""
    return sum(2 if sign >= _WIDE_FROM else 1 for sign in ("" if value is None else str(value)))


def format_cell_name(row: int, column: int) -> str:
    """Format the name of a cell, such as C7; both count from 1."""
    name: str = xl_rowcol_to_cell(row - 1, column - 1)
    return name


class _Formats:
    """The formats of a workbook: one for each look, however many cells have it."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def get_format(self, *looks: Look) -> Any:
        """Return the format of looks of which a later one prevails; None for a plain one."""
        properties = {name: value for look in looks for name, value in look.items()}
        key = tuple(sorted(properties.items()))
        if key and key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made.get(key)


def _write_sheet(book: Any, formats: _Formats, sheet: WorkbookSheet) -> None:
    rows = iter(sheet.rows)
    number = 1
    while True:
        name = sheet.name.translate(_FORBIDDEN_IN_SHEET_NAMES)[:_LONGEST_SHEET_NAME]
        part = _SheetPart(book.add_worksheet(name if number == 1 else f"{name} {number}"), formats, sheet)
        following = part.write_rows(rows)
        part.finish()
        if following is None:
            return
        rows = _prepend(following, rows)
        number += 1


def _prepend(first: Row, rows: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rows


class _SheetPart:
    """A sheet of the workbook while it is written."""

    def __init__(self, worksheet: Any, formats: _Formats, sheet: WorkbookSheet) -> None:
        self.worksheet = worksheet
        self.formats = formats
        self.sheet = sheet
        self.row = 0
        self.widths = [
            max(_NARROWEST, min(measure_width(column.title), _WIDEST_TITLE)) for column in sheet.columns
        ]
        for line in sheet.above:
            cell = line if isinstance(line, SheetCell) else SheetCell(line)
            self.write_cell(0, cell)
            self.row += 1
        self.head_row = self.row
        self.has_head = any(column.title for column in sheet.columns)
        if self.has_head:
            if sheet.head_height is not None:
                worksheet.set_row(self.row, sheet.head_height)
            for position, column in enumerate(sheet.columns):
                look = formats.get_format(sheet.head_look, column.title_look)
                worksheet.write_string(self.row, position, column.title, look)
            self.row += 1
        self.frozen_rows = sheet.frozen_rows or (self.row if self.has_head else 0)

    def write_rows(self, rows: Iterator[Row]) -> Row | None:
        """Write rows until the sheet is full; return the first row that has no room, None at the end."""
        columns = [
            (
                self.formats.get_format(column.cell_look),
                self.formats.get_format(_DATED, column.cell_look),
                column.kind is ValueKind.POINTS,
            )
            for column in self.sheet.columns
        ]
        measured = [position for position, column in enumerate(self.sheet.columns) if column.width is None]
        end = self.row + ROWS_PER_SHEET
        write_value = self.write_value
        for row in rows:
            if self.row == end:
                return row
            for position, value in enumerate(row):
                look, dated, is_hundredths = columns[position]
                if isinstance(value, SheetCell):
                    self.write_cell(position, value)
                elif value is not None and value != "":
                    if is_hundredths and isinstance(value, int):
                        value = value / 100
                    write_value(position, value, look, dated)
            for position in measured:
                if position < len(row):
                    value = row[position]
                    text = value.value if isinstance(value, SheetCell) else value
                    self.widths[position] = max(self.widths[position], measure_width(text))
            self.row += 1
        return None

    def write_cell(self, position: int, cell: SheetCell) -> None:
        """Write a cell with a look of its own, empty or not."""
        look = self.formats.get_format(cell.look)
        if cell.value is None or cell.value == "":
            self.worksheet.write_blank(self.row, position, None, look)
        else:
            self.write_value(position, cell.value, look, self.formats.get_format(_DATED, cell.look))
        if cell.note:
            shape = {"x_scale": 2, "y_scale": 1.5}
            self.worksheet.write_comment(self.row, position, cell.note, shape)

    def write_value(self, position: int, value: Value, look: Any, dated: Any) -> None:
        """Write a value by its type; `dated` is the format of a date."""
        if isinstance(value, str):
            self.worksheet.write_string(self.row, position, value, look)
        elif isinstance(value, bool):
            self.worksheet.write_boolean(self.row, position, value, look)
        elif isinstance(value, date):
            self.worksheet.write_datetime(self.row, position, value, dated)
        else:
            number = float(value) if isinstance(value, Decimal) else value
            self.worksheet.write_number(self.row, position, number, look)

    def finish(self) -> None:
        """Set what depends on the rows: widths, the filter, the notes below and the printing."""
        sheet, worksheet = self.sheet, self.worksheet
        last = len(sheet.columns) - 1
        widths = [
            min(measured + _MARGIN, _WIDEST) if column.width is None else column.width
            for column, measured in zip(sheet.columns, self.widths, strict=True)
        ]
        for position, (column, width) in enumerate(zip(sheet.columns, widths, strict=True)):
            look = self.formats.get_format(column.cell_look) if sheet.is_form else None
            worksheet.set_column(position, position, width, look)
        if self.frozen_rows or sheet.frozen_columns:
            worksheet.freeze_panes(self.frozen_rows, sheet.frozen_columns)
        if sheet.has_filter:
            worksheet.autofilter(self.head_row, 0, max(self.row - 1, self.head_row + 1), last)
        for line, note in enumerate(sheet.below, start=self.row + 1):
            worksheet.merge_range(line, 0, line, last, note, self.formats.get_format(WRAPPED))
            worksheet.set_row(line, _LINE_HEIGHT * (1 + measure_width(note) // int(sum(widths))))
        if sheet.page is not None:
            self._set_page(sheet.page)

    def _set_page(self, page: PageSetup) -> None:
        self.worksheet.set_landscape()
        if page.paper:
            self.worksheet.set_paper(page.paper)
        if page.fits_width:
            self.worksheet.fit_to_pages(1, 0)
        elif self.sheet.frozen_columns:
            self.worksheet.repeat_columns(0, self.sheet.frozen_columns - 1)
        if self.has_head:
            self.worksheet.repeat_rows(self.head_row)
