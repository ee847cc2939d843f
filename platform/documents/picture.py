"""Pictures of charts, for downloads and Word files."""

from __future__ import annotations

from typing import Final

from documents import pdf

# Twice the size of a drawing's own pixels: sharp on a projector and in print.
PIXELS_PER_INCH: Final = 192.0

_PAGE: Final = b"""#set page(width: auto, height: auto, margin: 12pt, fill: white)
#image(bytes(sys.inputs.drawing), format: "svg")"""


def png(drawing: str) -> bytes:
    """The SVG drawing as a PNG on white with a margin."""
    return pdf.run(_PAGE, {"drawing": drawing}, ppi=PIXELS_PER_INCH)
