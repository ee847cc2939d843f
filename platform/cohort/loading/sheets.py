"""Checks that a sheet is what it should be and walks through its rows with what each header stands for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cohort.loading.cells import Parse, UnreadableCell
from cohort.loading.columns import CohortColumn, Recognised, recognise_header
from cohort.loading.problems import FileProblem, FileRefused, Findings
from cohort.loading.reading import Cell, CohortTable


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row by field name: only cells with content. `headers` are the headers as the file spells them."""

    sheet: str
    number: int
    cells: dict[str, Cell]
    headers: dict[str, str]
    is_complete: bool = True

    def build_problem(self, field: str, message: str) -> FileProblem:
        """Build a problem with the cell of this field; with the row where the sheet has no such column."""
        return FileProblem(message, self.sheet, self.number, self.headers.get(field, ""))

    def parse_value(self, field: str, parse: Parse, findings: Findings) -> object | None:
        """Return the parsed cell, or None where it is empty or cannot be read, which is then noted."""
        cell = self.cells.get(field)
        if cell is None:
            return None
        try:
            return parse(cell)
        except UnreadableCell as error:
            findings.add(self.build_problem(field, str(error)))
            return None


def read_layout(
    table: CohortTable, columns: tuple[CohortColumn, ...], findings: Findings
) -> dict[int, Recognised]:
    """Return which column of the table holds what.

    Raises `Refused` at once if the sheet is not filled in after the template; notes headers that are not
    known and headers that occur twice.
    """
    found: dict[int, Recognised] = {}
    for position, header in enumerate(table.header):
        if not header:
            continue
        recognised = recognise_header(header, columns)
        if recognised is None:
            findings.add(FileProblem(
                _("This column is not known. Delete it, or write the header as in the template."),
                table.name, column=header,
            ))  # fmt: skip
        elif recognised in found.values():
            findings.add(FileProblem(_("This column occurs twice. Delete one."), table.name, column=header))
        else:
            found[position] = recognised
    present = {recognised.column.key for recognised in found.values()}
    language = get_language() or "en"
    missing = [
        column.format_header(language) for column in columns if column.required and column.key not in present
    ]
    if missing:
        message = _(
            "This is not the template for companies: the columns %(missing)s are missing. Download the template on "
            "the page “Data import” and fill that in."
        ) % {"missing": ", ".join(missing)}
        raise FileRefused([FileProblem(message, table.name)])
    return found


def iter_rows(table: CohortTable, layout: dict[int, Recognised], findings: Findings) -> Iterator[SheetRow]:
    """Yield the rows below the header; note required cells that are empty."""
    headers = {recognised.field: table.header[position] for position, recognised in layout.items()}
    required = [recognised.field for recognised in layout.values() if recognised.column.required]
    fields = [(position, recognised.field) for position, recognised in layout.items()]
    for number, cells in table.rows:
        findings.on_row()
        width = len(cells)
        content: dict[str, Cell] = {}
        for position, field in fields:
            cell = cells[position] if position < width else None
            if cell is not None and not (isinstance(cell, str) and not cell.strip()):
                content[field] = cell
        missing = [field for field in required if field not in content]
        row = SheetRow(table.name, number, content, headers, is_complete=not missing)
        for field in missing:
            findings.add(row.build_problem(field, _("The cell is empty. Fill it in.")))
        yield row
