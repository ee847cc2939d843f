"""Thresholds to pass: a bar with marks, and cells to fill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from documents.charts.drawing import Drawing
from documents.charts.tokens import BRAND, INK, INK_2, LINE, LINE_2, SUNKEN, SURFACE, WARN


@dataclass(frozen=True)
class GateMark:
    """A threshold on the bar; the one that is asked about is drawn bold."""

    name: str
    at: float
    is_target: bool


@dataclass(frozen=True)
class GateCells:
    """A row of `total` cells: `reached` are filled, those still wanted up to `needed` are dashed."""

    name: str
    total: int
    reached: int
    needed: int


def render_gates(
    name: str,
    value: float,
    marks: Sequence[GateMark],
    rows: Sequence[GateCells],
    *,
    description: str,
    maximum: float = 100,
    width: float = 460,
) -> str:
    """Render the bar of points with its marks, and below it a row of cells for each count."""
    drawing = Drawing(width, 66 + 48 * len(rows), description)
    drawing.add_text(0, 14, name, color=INK)
    drawing.add_rectangle(0, 24, width, 16, SUNKEN, radius=3)
    drawing.add_rectangle(0, 24, width * value / maximum, 16, BRAND, radius=3)
    for mark in marks:
        x = width * mark.at / maximum
        drawing.add_line(x, 20 if mark.is_target else 41, x, 46, INK if mark.is_target else LINE_2, width=2)
        drawing.add_text(
            x, 59, mark.name, anchor="middle", bold=mark.is_target, color=INK if mark.is_target else INK_2
        )
    most = max((row.total for row in rows), default=1)
    for number, row in enumerate(rows):
        top = 66 + 48 * number
        drawing.add_text(0, top + 14, row.name, color=INK)
        pitch = width / most
        for cell in range(row.total):
            left = pitch * cell
            fill = BRAND if cell < row.reached else SUNKEN
            drawing.add_rectangle(left, top + 22, pitch - 4, 16, fill, radius=3)
            if row.reached <= cell < row.needed:
                drawing.add_rectangle(left, top + 22, pitch - 4, 16, SURFACE, radius=3)
                corners = [(left + 1, top + 23), (left + pitch - 5, top + 23)]
                corners += [(x, top + 37) for x, _y in reversed(corners)]
                drawing.add_path(corners, WARN, width=1.5, dash="3 2", closed=True)
            elif cell >= row.reached:
                drawing.add_line(left, top + 38, left + pitch - 4, top + 38, LINE)
        at = pitch * row.needed - 2
        drawing.add_line(at, top + 18, at, top + 42, INK, width=2)
    return drawing.render_svg()
