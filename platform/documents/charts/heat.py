"""A table whose cells are shaded by their value."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from documents.charts.drawing import (
    TEXT_SIZE,
    Drawing,
    compute_row_heights,
    format_number,
    measure_labels,
    wrap_text,
)
from documents.charts.tokens import INK, INK_2, RAMP, SUNKEN

ROW: Final = 28.0
MOST_LABEL: Final = 150.0
COUNT: Final = 44.0


@dataclass(frozen=True)
class HeatRow:
    """A group, its size, and its value in each column (None: withheld or none)."""

    name: str
    count: int | None
    values: Sequence[float | None]


def render_heat_table(
    columns: Sequence[str],
    rows: Sequence[HeatRow],
    *,
    cuts: Sequence[float],
    count_name: str,
    description: str,
    digits: int = 0,
    width: float = 720,
) -> str:
    """Render a table in five shades that the four `cuts` divide; the number stands in each cell."""
    if len(cuts) != len(RAMP) - 1:
        raise ValueError(f"Five shades need {len(RAMP) - 1} cuts, not {len(cuts)}.")
    labels = measure_labels([row.name for row in rows], at_most=MOST_LABEL)
    heights = compute_row_heights([row.name for row in rows], MOST_LABEL, ROW)
    left = labels + COUNT
    cell = (width - left) / max(len(columns), 1)
    heads = [wrap_text(name, cell - 4, TEXT_SIZE - 1) for name in columns]
    head = max((len(lines) for lines in heads), default=1) * TEXT_SIZE * 1.15 + 10
    drawing = Drawing(width, head + sum(heights) + 2, description)
    drawing.add_text(left - 8, head - 8, count_name, anchor="end", size=TEXT_SIZE - 1)
    for number, lines in enumerate(heads):
        for order, text in enumerate(lines):
            y = head - 8 - (len(lines) - 1 - order) * TEXT_SIZE * 1.15
            drawing.add_text(left + cell * (number + 0.5), y, text, anchor="middle", size=TEXT_SIZE - 1)
    top = head
    for row, height in zip(rows, heights, strict=True):
        middle = top + height / 2
        drawing.add_label(labels - 8, middle, row.name, width=MOST_LABEL)
        drawing.add_text(left - 8, middle + 4, "–" if row.count is None else str(row.count), anchor="end")
        for number, value in enumerate(row.values):
            x = left + cell * number
            fill, ink = (SUNKEN, INK_2) if value is None else RAMP[bisect_right(cuts, value)]
            drawing.add_rectangle(x + 1, top + 1, cell - 2, height - 2, fill, radius=2)
            text = "–" if value is None else format_number(value, digits)
            drawing.add_text(
                x + cell / 2, middle + 4, text, color=ink if value is not None else INK, anchor="middle"
            )
        top += height
    return drawing.render_svg()
