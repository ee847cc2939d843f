"""Opens uploaded workbooks without letting a file, broken or hostile, end the process.

The reader lays a sheet out as one rectangle up to its last cell. A single cell at XFD1048576, which a slip of the
hand or a hostile sender leaves in a file of a few kilobytes, asks for more memory than any machine has and ends
the process. So the positions are looked at first, in small pieces, and only then is the file handed to the reader.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import python_calamine

Value = str | float | bool | date | datetime | time | timedelta

_PIECE = 1 << 20
# Longer than any start tag of a cell, so that none is lost where two pieces meet.
_OVERLAP = 512
_POSITION = re.compile(rb"<(?:[\w.\-]+:)?(?:c|row)\s(?:[^<]*?\s)?r\s*=\s*[\"']\s*([A-Za-z]*)(\d*)")
# Parts that mark XLSB and ODS: their positions cannot be looked at first.
_OTHER_KINDS = frozenset({"xl/workbook.bin", "content.xml"})
# What the archive and the reader raise for a file that is broken, locked with a password or packed in a rare way.
_BROKEN = (
    python_calamine.CalamineError,
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
)


class UnreadableWorkbook(Exception):
    """A file that is no XLSX workbook, or a broken one."""


class HugeWorkbook(Exception):
    """A file that unpacks to more bytes than are read."""


class HugeSheet(Exception):
    """A sheet that reaches further than is read; `sheet` is empty while it is not known which."""

    def __init__(self, rows: int, columns: int, sheet: str = "") -> None:
        super().__init__(rows, columns, sheet)
        self.rows = rows
        self.columns = columns
        self.sheet = sheet


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of what is read of a workbook: bytes unpacked, rows and columns of a sheet."""

    unpacked: int
    rows: int
    columns: int


class Workbook:
    """An XLSX workbook within the limits; raises `UnreadableWorkbook`, `HugeWorkbook` or `HugeSheet`."""

    def __init__(self, content: bytes, limits: Limits) -> None:
        self.limits = limits
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                if sum(entry.file_size for entry in archive.infolist()) > limits.unpacked:
                    raise HugeWorkbook
                if _OTHER_KINDS & {entry.filename.lower() for entry in archive.infolist()}:
                    raise UnreadableWorkbook
                self._check(*measure_extent(archive))
            self._book = python_calamine.load_workbook(io.BytesIO(content))
        except _BROKEN as error:
            raise UnreadableWorkbook from error

    @property
    def sheets(self) -> list[str]:
        """The names of the sheets as they are written, in order."""
        return self._book.sheet_names

    def iter_sheet_rows(self, sheet: str) -> Iterator[tuple[int, list[Value]]]:
        """Yield the rows of a sheet with their numbers from 1; an empty cell is an empty text."""
        try:
            found = self._book.get_sheet_by_name(sheet)
            self._check(found.total_height, found.total_width, sheet)
            yield from enumerate(found.iter_rows(), start=1)
        except _BROKEN as error:
            raise UnreadableWorkbook from error

    def _check(self, rows: int, columns: int, sheet: str = "") -> None:
        if rows > self.limits.rows or columns > self.limits.columns:
            raise HugeSheet(rows, columns, sheet)


def measure_extent(archive: zipfile.ZipFile) -> tuple[int, int]:
    """Return the largest row and column that any cell of any part of the archive stands in."""
    rows = columns = 0
    for entry in archive.infolist():
        with archive.open(entry) as part:
            rest = b""
            while piece := part.read(_PIECE):
                for letters, digits in _POSITION.findall(rest + piece):
                    # More digits or letters than any sheet has are as good as the longest.
                    rows = max(rows, int(digits[:9] or b"0"))
                    columns = max(columns, _parse_column(letters[:6]))
                rest = piece[-_OVERLAP:]
    return rows, columns


def _parse_column(letters: bytes) -> int:
    """Return the number of a column from its letters: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
