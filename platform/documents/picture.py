"""Pictures of charts, for downloads and Word files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from documents import pdf
from documents.pdf import LAYOUT

# Twice the size of a drawing's own pixels: sharp on a projector and in print.
PIXELS_PER_INCH: Final = 192.0

_PAGE: Final = b"""#set page(width: auto, height: auto, margin: 12pt, fill: white)
#image(bytes(sys.inputs.drawing), format: "svg")"""


def render_png(drawing: str) -> bytes:
    """Render the SVG drawing as a PNG on white with a margin."""
    return pdf.run_typst(_PAGE, {"drawing": drawing}, ppi=PIXELS_PER_INCH)


def render_captioned_png(drawing: str, *, title: str, notes: Sequence[str], language: str) -> bytes:
    """Render a PNG with title above and notes below; `language` (`en` or `zh`) rules the breaking of lines."""
    given = {"drawing": drawing, "title": title, "notes": list(notes), "language": language}
    source = (LAYOUT / "picture.typ").read_bytes()
    return pdf.run_typst(source, {"data": json.dumps(given, ensure_ascii=False)}, ppi=PIXELS_PER_INCH)
