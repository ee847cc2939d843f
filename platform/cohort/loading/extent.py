"""How far a workbook's sheets reach, found without building them.

The reader lays a sheet out as one rectangle up to its last cell. A single cell at XFD1048576, which a slip of the
hand or a hostile sender leaves in a file of a few kilobytes, asks for more memory than any machine has and ends
the process. So the positions are looked at first, in small pieces.
"""

from __future__ import annotations

import re
import zipfile

_PIECE = 1 << 20
# Longer than any start tag of a cell, so that none is lost where two pieces meet.
_OVERLAP = 512
_POSITION = re.compile(rb"<(?:[\w.\-]+:)?(?:c|row)\s(?:[^<]*?\s)?r\s*=\s*[\"']\s*([A-Za-z]*)(\d*)")


def extent_of(archive: zipfile.ZipFile) -> tuple[int, int]:
    """The largest row and the largest column that any cell of any part of the archive stands in."""
    rows = columns = 0
    for entry in archive.infolist():
        if not entry.filename.lower().endswith(".xml"):
            continue
        with archive.open(entry) as part:
            rest = b""
            while piece := part.read(_PIECE):
                for letters, digits in _POSITION.findall(rest + piece):
                    # More digits or letters than any sheet has are as good as the longest.
                    rows = max(rows, int(digits[:9] or b"0"))
                    columns = max(columns, _column(letters[:6]))
                rest = piece[-_OVERLAP:]
    return rows, columns


def _column(letters: bytes) -> int:
    """The number of a column from its letters: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
