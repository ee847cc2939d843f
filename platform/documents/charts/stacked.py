"""How groups are made up, each bar a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from documents.charts.drawing import Drawing, compute_row_heights, estimate_width, measure_labels
from documents.charts.tokens import LINE_2, RAMP, SURFACE, TIERS

ROW: Final = 34.0
BAR: Final = 22.0
MOST_LABEL: Final = 150.0


@dataclass(frozen=True)
class StackedPart:
    """A kind, with its count in each group."""

    name: str
    counts: Sequence[int]


def render_stacked_bars(
    groups: Sequence[str],
    parts: Sequence[StackedPart],
    *,
    description: str,
    ramp: bool = False,
    width: float = 560,
) -> str:
    """Render a bar of 100 % for each group, counts inside; `ramp` for ordered kinds that are not tiers."""
    labels = measure_labels(groups, at_most=MOST_LABEL)
    heights = compute_row_heights(groups, MOST_LABEL, ROW)
    drawing = Drawing(width, sum(heights) + 34, description)
    room = width - labels - 8
    top = 4.0
    for number, (group, height) in enumerate(zip(groups, heights, strict=True)):
        middle = top + height / 2
        drawing.add_label(labels - 8, middle, group, width=MOST_LABEL)
        whole = sum(part.counts[number] for part in parts)
        x = labels
        for order, part in enumerate(parts):
            count = part.counts[number]
            length = room * count / whole if whole else 0
            fill, ink = RAMP[order] if ramp else (TIERS[order], SURFACE)
            if length:
                drawing.add_rectangle(x, middle - BAR / 2, length, BAR, fill)
                drawing.add_line(x + length, middle - BAR / 2, x + length, middle + BAR / 2, SURFACE)
            if length > estimate_width(str(count)) + 6:
                drawing.add_text(
                    x + length / 2, middle + 4, str(count), color=ink, bold=True, anchor="middle"
                )
            x += length
        if not whole:
            drawing.add_line(labels, middle, width - 8, middle, LINE_2, dash="2 3")
        top += height
    drawing.add_legend(
        drawing.height - 8,
        [(part.name, RAMP[order][0] if ramp else TIERS[order], "box") for order, part in enumerate(parts)],
    )
    return drawing.render_svg()
