"""Writes cohort workbooks: the empty template, and filled ones in the same layout."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import xlsxwriter
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from cohort.loading.columns import (
    ANSWER_COLUMNS,
    ANSWERS_SHEET,
    COMPANIES_SHEET,
    COMPANY_COLUMNS,
    PROFILE_COLUMNS,
    RESULT_COLUMNS,
    RESULTS_SHEET,
    YEAR_COLUMNS,
    CohortColumn,
)
from cohort.models.file_kinds import FileKind
from instrument import load_instrument

Value = str | int | Decimal | date | bool | None

_TEXT_KINDS = frozenset({"text", "code"})
_WIDE = frozenset({"name", "name_en", "park", "main_products", "chain_leader", "value", "reason", "comment"})


OFFICIAL_PARTS = frozenset({"official", "scenario"})
SHEETS: dict[FileKind, tuple[tuple[str, tuple[CohortColumn, ...]], ...]] = {
    FileKind.COHORT: ((COMPANIES_SHEET, COMPANY_COLUMNS), (ANSWERS_SHEET, ANSWER_COLUMNS)),
    FileKind.PROFILE: ((COMPANIES_SHEET, PROFILE_COLUMNS),),
    FileKind.ANSWERS: ((ANSWERS_SHEET, ANSWER_COLUMNS),),
    FileKind.MINISTRY: ((ANSWERS_SHEET, ANSWER_COLUMNS), (RESULTS_SHEET, RESULT_COLUMNS)),
}


def write_workbook(
    path: Path | BytesIO,
    *,
    years: Sequence[int],
    companies: Iterable[Sequence[Value]] = (),
    answers: Iterable[Sequence[Value]] = (),
    kind: FileKind = FileKind.COHORT,
) -> None:
    """Write a workbook in the layout that the loader reads, in the language that is active.

    Rows of `companies` follow `COMPANY_COLUMNS` and then `YEAR_COLUMNS` for each year; rows of `answers`
    follow `ANSWER_COLUMNS`. Without rows it is the empty template
    of the `kind`, which decides the sheets.
    """
    language = get_language() or "en"
    target = path if isinstance(path, BytesIO) else str(path)
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        formats = {
            "head": workbook.add_format(
                {"bold": True, "bg_color": "#DCE6F2", "text_wrap": True, "valign": "top"}
            ),
            "text": workbook.add_format({"num_format": "@"}),
            "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
            "amount": workbook.add_format({"num_format": "0.00"}),
            "wrap": workbook.add_format({"text_wrap": True, "valign": "top"}),
        }
        if kind in (FileKind.COHORT, FileKind.PROFILE):
            profile = COMPANY_COLUMNS if kind is FileKind.COHORT else PROFILE_COLUMNS
            yearly = [(column, year) for year in years for column in YEAR_COLUMNS]
            plain: list[tuple[CohortColumn, int | None]] = [(column, None) for column in profile]
            _write_sheet(
                workbook.add_worksheet(COMPANIES_SHEET), [*plain, *yearly], companies, language, formats
            )
        if kind is not FileKind.PROFILE:
            columns = [(column, None) for column in ANSWER_COLUMNS]
            _write_sheet(workbook.add_worksheet(ANSWERS_SHEET), columns, answers, language, formats)
        if kind is FileKind.MINISTRY:
            columns = [(column, None) for column in RESULT_COLUMNS]
            _write_sheet(workbook.add_worksheet(RESULTS_SHEET), columns, (), language, formats)
        _write_explanation(workbook.add_worksheet(_("Explanation")), kind, language, formats)


def _write_sheet(
    sheet: Worksheet,
    columns: Sequence[tuple[CohortColumn, int | None]],
    rows: Iterable[Sequence[Value]],
    language: str,
    formats: dict[str, Format],
) -> None:
    sheet.freeze_panes(1, 2)
    sheet.set_row(0, 32)
    cell_formats = []
    for position, (column, year) in enumerate(columns):
        kind = "text" if column.kind in _TEXT_KINDS else column.kind
        cell_formats.append(formats.get(kind))
        width = 34 if column.key in _WIDE else 22 if column.kind == "code" else 15
        sheet.set_column(position, position, width, cell_formats[-1])
        sheet.write_string(0, position, column.format_header(language, year), formats["head"])
    for number, row in enumerate(rows, start=1):
        for position, value in enumerate(row):
            _write(sheet, number, position, value, cell_formats[position])


def _write(sheet: Worksheet, row: int, column: int, value: Value, cell_format: Format | None) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(row, column, _("Yes") if value else _("No"))
    elif isinstance(value, str):
        sheet.write_string(row, column, value, cell_format)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, cell_format)
    else:
        sheet.write_number(row, column, float(value), cell_format)


def _write_explanation(sheet: Worksheet, kind: FileKind, language: str, formats: dict[str, Format]) -> None:
    """Write the third sheet: what each column takes, and the codes of all items with their options."""
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 40)
    sheet.set_column(2, 2, 12)
    sheet.set_column(3, 3, 80)
    sheet.freeze_panes(1, 0)
    for position, title in enumerate((_("Sheet"), _("Column or item"), _("Required"), _("What to write"))):
        sheet.write_string(0, position, title, formats["head"])
    lines: list[tuple[str, str, str, str]] = []
    for name, columns in SHEETS[kind]:
        for column in columns:
            hint = column.hint_zh if language.startswith("zh") else column.hint_en
            lines.append((name, column.format_header(language), _("Yes") if column.required else "", hint))
        if name == COMPANIES_SHEET:
            hint = _("One column per business year, with the year in the header.")
            lines += [(name, column.format_header(language), "", hint) for column in YEAR_COLUMNS]
    for item in load_instrument().items if kind is not FileKind.PROFILE else ():
        if kind is FileKind.MINISTRY and item.part not in OFFICIAL_PARTS:
            continue
        options = "; ".join(f"{option.key} = {option.label.translate(language)}" for option in item.options)
        lines.append((ANSWERS_SHEET, f"{item.code} {item.name.translate(language)}", "", options))
        for figure in item.figures:
            what = f"{figure.label.translate(language)} ({figure.unit.translate(language)})"
            lines.append((ANSWERS_SHEET, f"{item.code}.{figure.code}", "", what))
    for number, line in enumerate(lines, start=1):
        for position, cell in enumerate(line):
            sheet.write_string(number, position, cell, formats["wrap"])
