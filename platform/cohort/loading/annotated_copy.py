"""Writes a copy of a file with its mistakes: a list of them in front, and each cell marked with what to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time, timedelta

from django.utils.translation import gettext as _

from cohort.loading.problems import FileProblem
from cohort.loading.reading import Cell, CohortTable, read_tables
from documents.workbook_writer import (
    SHADED_HEAD,
    WRAPPED,
    Row,
    SheetCell,
    SheetColumn,
    Value,
    WorkbookSheet,
    build_workbook,
)

WRONG = {"bg_color": "#F8D7DA", "border": 1, "border_color": "#B02A37"}


def build_annotated_copy(content: bytes, name: str, problems: Sequence[FileProblem]) -> bytes:
    """Build the workbook, or the CSV file as one, with each wrong cell in red and a note beside it."""
    tables = read_tables(content, name).values()
    copies = [
        _copy_table(table, [problem for problem in problems if problem.sheet == table.name])
        for table in tables
    ]
    return build_workbook(_list_problems(problems, {table.name.lower() for table in tables}), *copies)


def _list_problems(problems: Sequence[FileProblem], taken: set[str]) -> WorkbookSheet:
    titles = (_("Mistakes"), "mistakes 2", "mistakes 3")
    columns = ((_("Sheet"), 14), (_("Row"), 8), (_("Column"), 28), (_("What to do"), 90))
    return WorkbookSheet(
        [SheetColumn(title, width=width, look=WRAPPED) for title, width in columns],
        [(problem.sheet, problem.row or None, problem.column, problem.message) for problem in problems],
        name=next(title for title in titles if title.lower() not in taken),
        head_look=SHADED_HEAD,
    )


def _copy_table(table: CohortTable, problems: Sequence[FileProblem]) -> WorkbookSheet:
    notes: dict[int, dict[int, list[str]]] = {}
    for problem in problems:
        column = table.header.index(problem.column) if problem.column in table.header else 0
        noted = notes.setdefault(problem.row or table.header_row, {})
        noted.setdefault(column, []).append(problem.message)
    lines: dict[int, Sequence[Cell]] = {table.header_row: table.header, **dict(table.rows)}
    last_column = max((column for noted in notes.values() for column in noted), default=0)
    return WorkbookSheet(
        [SheetColumn()] * max(last_column + 1, *map(len, lines.values())),
        # All rows up to the last, the empty ones too, so that each stays where it was.
        (
            _copy_row(lines.get(row, ()), notes.get(row, {}), is_head=row == table.header_row)
            for row in range(1, max(*lines, *notes, 1) + 1)
        ),
        name=table.name,
        frozen_rows=table.header_row,
    )


def _copy_row(cells: Sequence[Cell], notes: dict[int, list[str]], *, is_head: bool) -> Row:
    values: list[Value] = [str(cell) if isinstance(cell, time | timedelta) else cell for cell in cells]
    row: list[Value | SheetCell] = (
        [SheetCell(value, SHADED_HEAD) if value else None for value in values] if is_head else [*values]
    )
    for column, messages in notes.items():
        row += [None] * (column + 1 - len(row))
        value = values[column] if column < len(values) else None
        row[column] = SheetCell(value, WRONG, "\n".join(messages))
    return row
