"""Two points per row: before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from documents.charts.axis import axis_over
from documents.charts.drawing import Drawing, longest_label, row_heights, spell
from documents.charts.tokens import BAD, BRAND, INK, LINE, LINE_2, OK, SURFACE, TIERS

ROW: Final = 27.0
MOST_LABEL: Final = 170.0


@dataclass(frozen=True)
class Move:
    """A row's value before and after."""

    name: str
    before: float
    after: float


def dumbbell(
    rows: Sequence[Move], *, before: str, after: str, description: str, digits: int = 1, width: float = 560
) -> str:
    """An open dot for before, a full one for after, the change as a number behind them."""
    labels = longest_label([row.name for row in rows], at_most=MOST_LABEL)
    heights = row_heights([row.name for row in rows], MOST_LABEL, ROW)
    drawing = Drawing(width, sum(heights) + 52, description)
    axis = axis_over([value for row in rows for value in (row.before, row.after)], labels + 8, width - 56)
    foot = sum(heights) + 6
    for tick in axis.ticks():
        drawing.line(axis.at(tick), 4, axis.at(tick), foot, LINE)
        drawing.text(axis.at(tick), foot + 15, spell(tick, axis.digits()), anchor="middle")
    top = 4.0
    for row, height in zip(rows, heights, strict=True):
        middle = top + height / 2
        left, right = sorted((axis.at(row.before), axis.at(row.after)))
        drawing.label(labels - 8, middle, row.name, width=MOST_LABEL)
        drawing.line(left, middle, right, middle, LINE_2, width=3)
        drawing.circle(axis.at(row.before), middle, 4.5, SURFACE, edge=TIERS[0])
        drawing.circle(axis.at(row.after), middle, 5.5, BRAND)
        change = row.after - row.before
        color = OK if change > 0 else BAD if change < 0 else INK
        drawing.text(right + 10, middle + 4, spell(change, digits, signed=True), color=color, bold=True)
        top += height
    drawing.legend(drawing.height - 8, [(before, "", "dot"), (after, BRAND, "dot")])
    return drawing.svg()
