"""Bars from a common start, and bars that carry on from each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from documents.charts.axis import build_axis
from documents.charts.drawing import (
    Drawing,
    compute_row_heights,
    estimate_width,
    format_number,
    measure_labels,
)
from documents.charts.tokens import BAD, BRAND, INK, LINE_2, OK, TIERS

ROW: Final = 25.0
BAR: Final = 15.0
MOST_LABEL: Final = 190.0


@dataclass(frozen=True)
class ChartBar:
    """A name and a length; `text` stands behind the bar instead of the number, `remark` after it.

    `tier` colours the bar like that tier.
    """

    name: str
    value: float
    remark: str = ""
    text: str = ""
    tier: int | None = None


@dataclass(frozen=True)
class WaterfallStep:
    """A contribution, or with `is_total` a level from which the next ones carry on."""

    name: str
    value: float
    is_total: bool = False


def render_bars(rows: Sequence[ChartBar], *, description: str, digits: int = 0, width: float = 560) -> str:
    """Render a bar for each row from zero, the number at its end."""
    labels = measure_labels([row.name for row in rows], at_most=MOST_LABEL)
    ends = [f"{row.text or format_number(row.value, digits)} {row.remark}".rstrip() for row in rows]
    room = max((estimate_width(end) for end in ends), default=0) + 12
    heights = compute_row_heights([row.name for row in rows], MOST_LABEL, ROW)
    drawing = Drawing(width, sum(heights) + 8, description)
    axis = build_axis([row.value for row in rows], labels, width - room, from_zero=True)
    top = 4.0
    for row, end, height in zip(rows, ends, heights, strict=True):
        middle = top + height / 2
        left, right = sorted((axis.locate(0), axis.locate(row.value)))
        color = BRAND if row.tier is None else TIERS[row.tier]
        drawing.add_rectangle(left, middle - BAR / 2, right - left, BAR, color, radius=2)
        drawing.add_label(labels - 8, middle, row.name, width=MOST_LABEL)
        drawing.add_text(right + 6, middle + 4, end, color=INK, bold=True)
        top += height
    drawing.add_line(axis.locate(0), 4, axis.locate(0), top, LINE_2)
    return drawing.render_svg()


def render_waterfall(
    rows: Sequence[WaterfallStep], *, description: str, digits: int = 1, width: float = 560
) -> str:
    """Render totals as bars from the start, contributions as bars from where the one before ended."""
    spans, running = [], 0.0
    for row in rows:
        start = 0.0 if row.is_total else running
        running = row.value if row.is_total else running + row.value
        spans.append((start, running))
    labels = measure_labels([row.name for row in rows], at_most=MOST_LABEL)
    heights = compute_row_heights([row.name for row in rows], MOST_LABEL, ROW)
    drawing = Drawing(width, sum(heights) + 8, description)
    ends = [end for _start, end in spans]
    # Totals are long against the steps between them; the axis begins shortly before the smallest.
    margin = max(1.0, (max(ends) - min(ends)) * 0.5)
    axis = build_axis([max(min(ends) - margin, min(0.0, min(ends))), max(ends)], labels, width - 52, parts=8)
    top = 4.0
    for number, (row, (start, end), height) in enumerate(zip(rows, spans, heights, strict=True)):
        middle = top + height / 2
        left, right = sorted((axis.locate(max(start, axis.low)), axis.locate(end)))
        color = TIERS[0] if row.is_total else OK if row.value >= 0 else BAD
        drawing.add_rectangle(left, middle - BAR / 2, max(right - left, 1), BAR, color, radius=2)
        drawing.add_label(labels - 8, middle, row.name, width=MOST_LABEL)
        drawing.add_text(
            right + 6,
            middle + 4,
            format_number(row.value, digits, signed=not row.is_total),
            color=INK,
            bold=True,
        )
        if number + 1 < len(rows):
            drawing.add_line(
                axis.locate(end), middle + BAR / 2, axis.locate(end), top + height + 6, LINE_2, dash="2 2"
            )
        top += height
    return drawing.render_svg()
