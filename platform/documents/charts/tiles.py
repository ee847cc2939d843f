"""Places as a grid of equal tiles, roughly where they lie."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from documents.charts.drawing import Drawing, format_number, wrap_text
from documents.charts.tokens import INK_2, RAMP, SUNKEN

TILE: Final = (150.0, 74.0)


@dataclass(frozen=True)
class MapTile:
    """A place in `row` and `column` (from 1 on), its value (None: withheld or none) and a remark below it."""

    name: str
    row: int
    column: int
    value: float | None
    remark: str = ""


def render_tiles(
    places: Sequence[MapTile], *, cuts: Sequence[float], description: str, digits: int = 1
) -> str:
    """Render the places as tiles, in five shades that the four `cuts` divide."""
    across, down = TILE
    drawing = Drawing(
        across * max(place.column for place in places), down * max(place.row for place in places), description
    )
    for place in places:
        x, y = across * (place.column - 1), down * (place.row - 1)
        fill, ink = (SUNKEN, INK_2) if place.value is None else RAMP[bisect_right(cuts, place.value)]
        drawing.add_rectangle(x + 2, y + 2, across - 4, down - 4, fill, radius=4)
        drawing.add_text(x + 10, y + 20, wrap_text(place.name, across - 20)[0], color=ink)
        text = "–" if place.value is None else format_number(place.value, digits)
        drawing.add_text(x + 10, y + 44, text, color=ink, size=18, bold=True)
        drawing.add_text(x + 10, y + 62, place.remark, color=ink, size=11)
    return drawing.render_svg()
