"""Two points per row: before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from documents.charts.axis import build_axis
from documents.charts.drawing import Drawing, compute_row_heights, format_number, measure_labels
from documents.charts.tokens import BAD, BRAND, INK, LINE, LINE_2, OK, SURFACE, TIERS

ROW: Final = 27.0
MOST_LABEL: Final = 170.0


@dataclass(frozen=True)
class DumbbellRow:
    """A row's value before and after."""

    name: str
    before: float
    after: float


def render_dumbbell(
    rows: Sequence[DumbbellRow],
    *,
    before: str,
    after: str,
    description: str,
    digits: int = 1,
    width: float = 560,
) -> str:
    """Render an open dot for before, a full one for after, the change as a number behind them."""
    labels = measure_labels([row.name for row in rows], at_most=MOST_LABEL)
    heights = compute_row_heights([row.name for row in rows], MOST_LABEL, ROW)
    drawing = Drawing(width, sum(heights) + 52, description)
    axis = build_axis([value for row in rows for value in (row.before, row.after)], labels + 8, width - 56)
    foot = sum(heights) + 6
    for tick in axis.list_ticks():
        drawing.add_line(axis.locate(tick), 4, axis.locate(tick), foot, LINE)
        drawing.add_text(
            axis.locate(tick), foot + 15, format_number(tick, axis.count_digits()), anchor="middle"
        )
    top = 4.0
    for row, height in zip(rows, heights, strict=True):
        middle = top + height / 2
        left, right = sorted((axis.locate(row.before), axis.locate(row.after)))
        drawing.add_label(labels - 8, middle, row.name, width=MOST_LABEL)
        drawing.add_line(left, middle, right, middle, LINE_2, width=3)
        drawing.add_circle(axis.locate(row.before), middle, 4.5, SURFACE, edge=TIERS[0])
        drawing.add_circle(axis.locate(row.after), middle, 5.5, BRAND)
        change = row.after - row.before
        color = OK if change > 0 else BAD if change < 0 else INK
        drawing.add_text(
            right + 10, middle + 4, format_number(change, digits, signed=True), color=color, bold=True
        )
        top += height
    drawing.add_legend(drawing.height - 8, [(before, "", "dot"), (after, BRAND, "dot")])
    return drawing.render_svg()
