"""Several profiles over the same axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from documents.charts.drawing import TEXT_SIZE, Drawing, estimate_width, wrap_text
from documents.charts.tokens import BRAND, DASHES, INK, LINE, TIERS

# More profiles than this cannot be told apart.
MOST_OUTLINES: Final = 3
RINGS: Final = 5
LABEL_WIDTH: Final = 96.0
LINE_HEIGHT: Final = TEXT_SIZE * 1.2


@dataclass(frozen=True)
class Outline:
    """One profile: a value for each axis."""

    name: str
    values: Sequence[float]


def render_radar(
    axes: Sequence[str],
    outlines: Sequence[Outline],
    *,
    description: str,
    maximum: float = 100,
    width: float = 460,
) -> str:
    """Render axes clockwise from the top, in order; the first profile is filled, the others are dashed."""
    if len(outlines) > MOST_OUTLINES:
        raise ValueError(f"A radar shows at most {MOST_OUTLINES} profiles, not {len(outlines)}.")
    # Names above and below take as many lines as they need; those at the sides hang beside their corner.
    lines = max(len(wrap_text(name, LABEL_WIDTH)) for name in axes)
    side = max(estimate_width(line) for name in axes for line in wrap_text(name, LABEL_WIDTH)) + 14
    radius = (width - 2 * side) / 2
    margin = lines * LINE_HEIGHT + 14
    drawing = Drawing(width, 2 * (radius + margin) + 24, description)
    centre_x, centre_y = width / 2, radius + margin

    def locate_corner(axis: int, value: float) -> tuple[float, float]:
        angle = 2 * math.pi * axis / len(axes)
        reach = radius * max(0.0, min(value, maximum)) / maximum
        return centre_x + reach * math.sin(angle), centre_y - reach * math.cos(angle)

    for ring in range(1, RINGS + 1):
        corners = [locate_corner(axis, maximum * ring / RINGS) for axis in range(len(axes))]
        drawing.add_path(corners, LINE, closed=True)
    for axis, name in enumerate(axes):
        edge_x, edge_y = locate_corner(axis, maximum)
        drawing.add_line(centre_x, centre_y, edge_x, edge_y)
        _draw_axis_name(drawing, name, edge_x, edge_y, math.sin(2 * math.pi * axis / len(axes)), centre_y)
    for number, outline in reversed([*enumerate(outlines)]):
        corners = [locate_corner(axis, value) for axis, value in enumerate(outline.values)]
        color = BRAND if number == 0 else TIERS[number]
        if number == 0:
            drawing.add_area(corners, color, opacity=0.16)
        drawing.add_path(corners, color, width=1.75 if number else 2.75, dash=DASHES[number], closed=True)
        if number == 0:
            for x, y in corners:
                drawing.add_circle(x, y, 3, color)
    drawing.add_legend(
        drawing.height - 6,
        [(outline.name, BRAND if n == 0 else TIERS[n], DASHES[n]) for n, outline in enumerate(outlines)],
    )
    return drawing.render_svg()


def _draw_axis_name(drawing: Drawing, name: str, x: float, y: float, side: float, centre_y: float) -> None:
    anchor = "middle" if abs(side) < 0.1 else "start" if side > 0 else "end"
    lines = wrap_text(name, LABEL_WIDTH)
    reach = 10 * (1 if side > 0 else -1) if anchor != "middle" else 0
    if anchor == "middle":
        first = y - 10 - LINE_HEIGHT * (len(lines) - 1) if y < centre_y else y + 18
    else:
        first = y + 4 - LINE_HEIGHT * (len(lines) - 1) / 2
    for number, line in enumerate(lines):
        drawing.add_text(x + reach, first + LINE_HEIGHT * number, line, anchor=anchor, color=INK)
