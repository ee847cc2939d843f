"""Reads a workbook or a CSV file into plain tables; knows nothing of companies."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cohort.loading.problems import FileProblem, FileRefused
from cohort.loading.sheet_names import recognise_sheet
from documents.workbook_reader import HugeSheet, HugeWorkbook, Limits, UnreadableWorkbook, Value, Workbook

Cell = Value | None

# A cohort with three rounds of answers is below 5 MB; more is not a cohort.
MAX_BYTES = 30 * 1024 * 1024
MAX_UNPACKED_BYTES = 400 * 1024 * 1024
MAX_ROWS = 400_000
MAX_COLUMNS = 200
CSV_ENCODINGS = ("utf-8-sig", "gb18030")
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class CohortTable:
    """A sheet: its name, the header row and the rows below with their row numbers, empty rows left out."""

    name: str
    header: list[str]
    rows: list[tuple[int, list[Cell]]]
    header_row: int = 1


def read_tables(content: bytes, name: str) -> dict[str, CohortTable]:
    """Return the sheets of a workbook, or the table `companies` of a CSV file; raises `FileRefused`.

    What the file is follows from its content; `name` only helps to word the refusal.
    """
    if not content:
        raise _build_refusal(_("The file is empty."))
    if len(content) > MAX_BYTES:
        raise _build_refusal(
            _("The file is larger than %(limit)d MB. Split it.") % {"limit": MAX_BYTES >> 20}
        )
    if content.startswith(b"PK"):
        return _read_workbook(content)
    if content.startswith(_OLD_WORKBOOK) or b"\0" in content[:4096]:
        raise _build_refusal(
            _("%(name)s is neither an XLSX workbook nor a CSV file. Save it as XLSX and load that.")
            % {"name": name}
        )
    return {"companies": _build_table("companies", _iter_csv_rows(content))}


def _read_workbook(content: bytes) -> dict[str, CohortTable]:
    try:
        workbook = Workbook(content, Limits(MAX_UNPACKED_BYTES, MAX_ROWS, MAX_COLUMNS))
        return {
            recognise_sheet(name): _build_table(name, _iter_sheet_rows(workbook, name))
            for name in workbook.sheets
        }
    except HugeWorkbook as error:
        raise _build_refusal(
            _("The workbook unpacks to far more than a list of companies. Save it again.")
        ) from error
    except UnreadableWorkbook as error:
        raise _build_refusal(
            _("The workbook cannot be read. Open it, save it as XLSX and try again.")
        ) from error
    except HugeSheet as huge:
        message = _(
            "The sheet has %(rows)d rows and %(columns)d columns, more than the %(max_rows)d and "
            "%(max_columns)d that are read. Delete what lies beside the table."
        )
        sizes = {
            "rows": huge.rows,
            "columns": huge.columns,
            "max_rows": MAX_ROWS,
            "max_columns": MAX_COLUMNS,
        }
        raise FileRefused([FileProblem(message % sizes, sheet=huge.sheet)]) from huge


def _iter_sheet_rows(workbook: Workbook, name: str) -> Iterator[tuple[int, list[Cell]]]:
    for number, row in workbook.iter_sheet_rows(name):
        yield number, [None if cell == "" else cell for cell in row]


def _iter_csv_rows(content: bytes) -> Iterator[tuple[int, list[Cell]]]:
    for encoding in CSV_ENCODINGS:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise _build_refusal(_("The text of the file is neither UTF-8 nor GB18030. Save it as “CSV UTF-8”."))
    separator = ";" if ";" in text.split("\n", 1)[0] and "," not in text.split("\n", 1)[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in reader:
            # A quoted cell may span lines, so the line number is that of the row's end.
            yield reader.line_num, [cell or None for cell in row]
    except csv.Error as error:
        raise FileRefused([FileProblem(
            _("A quotation mark is not closed, or a cell is too long. Check this line."),
            sheet="companies", row=reader.line_num,
        )]) from error  # fmt: skip


def _build_table(name: str, rows: Iterator[tuple[int, list[Cell]]]) -> CohortTable:
    """Build a table whose header is the first row with content."""
    header: list[str] | None = None
    found: list[tuple[int, list[Cell]]] = []
    header_row = 1
    for number, row in rows:
        if all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in row):
            continue
        if header is None:
            header_row = number
            header = ["" if cell is None else str(cell).strip() for cell in row]
        else:
            found.append((number, row))
    return CohortTable(name, header or [], found, header_row)


def _build_refusal(message: str) -> FileRefused:
    return FileRefused([FileProblem(message)])
