"""What is wrong with a workbook of facilities, in words that name the cell and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from documents.workbook_writer import format_cell_name

# More than this is one mistake repeated; the rest is counted.
LIMIT = 200


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One thing wrong; row and column count from 1 as the spreadsheet shows them, 0 means the sheet as a whole."""

    message: str
    row: int = 0
    column: int = 0
    header: str = ""

    @property
    def cell(self) -> str:
        """The cell as a spreadsheet names it, such as C7; only the row where it has no column."""
        if not self.row:
            return ""
        return format_cell_name(self.row, self.column) if self.column else str(self.row)

    def __str__(self) -> str:
        if not self.row:
            return self.message
        if not self.column:
            return _("row %(row)d: %(message)s") % {"row": self.row, "message": self.message}
        return _("cell %(cell)s (%(header)s): %(message)s") % {
            "cell": self.cell,
            "header": self.header,
            "message": self.message,
        }


class FacilityWorkbookError(Exception):
    """Refusal of the workbook, nothing stored; `problems` say why, `more` counts those left out."""

    def __init__(self, problems: list[CellProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems[:LIMIT]))
        self.problems = problems[:LIMIT]
        self.more = max(0, len(problems) - LIMIT)
