"""What is wrong with a file, in words that name the place and what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

# More than this is one mistake repeated; the rest is counted.
LIMIT = 200


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One thing wrong: sheet, row (from 1, as the spreadsheet shows it), column header and what to do.

    Row 0 and an empty column mean the sheet, an empty sheet the file as a whole.
    """

    message: str
    sheet: str = ""
    row: int = 0
    column: str = ""

    def __str__(self) -> str:
        place = []
        if self.sheet:
            place.append(_("sheet %(name)s") % {"name": self.sheet})
        if self.row:
            place.append(_("row %(number)d") % {"number": self.row})
        if self.column:
            place.append(_("column %(name)s") % {"name": self.column})
        return f"{', '.join(place)}: {self.message}" if place else self.message


class FileRefused(Exception):
    """A refusal of the file, of which nothing is stored; `problems` say why, `more` counts those left out."""

    def __init__(self, problems: list[FileProblem], more: int = 0) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
        self.more = more


class Findings:
    """The problems (up to a limit) and warnings of a file being read; `on_row` is called for each row."""

    def __init__(self, on_row: Callable[[], None] = lambda: None) -> None:
        self.on_row = on_row
        self.problems: list[FileProblem] = []
        self.warnings: list[FileProblem] = []
        self.more = 0

    @property
    def count(self) -> int:
        """How many problems were found, the ones beyond the limit included."""
        return len(self.problems) + self.more

    def add(self, problem: FileProblem) -> None:
        """Note something that keeps the file from being loaded."""
        if len(self.problems) < LIMIT:
            self.problems.append(problem)
        else:
            self.more += 1

    def warn(self, problem: FileProblem) -> None:
        """Note something that was accepted and should be looked at."""
        self.warnings.append(problem)

    def stop_if_any(self) -> None:
        """Raise `FileRefused` if anything keeps the file from being loaded."""
        if self.problems:
            raise FileRefused(self.problems, self.more)
