"""One value with its likely range on a scale with bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from documents.charts.axis import Axis
from documents.charts.drawing import Drawing, format_number
from documents.charts.tokens import BRAND, INK, LINE_2, TIERS


@dataclass(frozen=True)
class ScaleBand:
    """The part of the scale where most of a tier lies."""

    name: str
    low: float
    high: float
    tier: int


def render_scale(
    value: float,
    likely: tuple[float, float],
    bands: Sequence[ScaleBand],
    *,
    name: str,
    description: str,
    maximum: float = 100,
    width: float = 640,
) -> str:
    """Render bands one below the other, as they may overlap, and the value with its range above them."""
    row = 22.0
    base = 46 + row * len(bands)
    drawing = Drawing(width, base + 26, description)
    axis = Axis(0, maximum, 12, width - 12, maximum / 5)
    for number, band in enumerate(bands):
        top = 42 + row * number
        left, right = axis.locate(band.low), axis.locate(band.high)
        drawing.add_rectangle(left, top, right - left, row - 4, TIERS[band.tier], radius=3, opacity=0.2)
        text = f"{band.name} {format_number(band.low, 0)}–{format_number(band.high, 0)}"
        # Beside the band, on the side where there is room.
        anchor = "end" if right > width * 0.75 else "start"
        drawing.add_text(
            left - 6 if anchor == "end" else right + 6, top + 13, text, color=TIERS[band.tier], anchor=anchor
        )
    drawing.add_line(axis.start, base, axis.end, base, LINE_2)
    for tick in axis.list_ticks():
        drawing.add_text(axis.locate(tick), base + 18, format_number(tick, 0), anchor="middle")
    low, high = likely
    drawing.add_line(axis.locate(value), 28, axis.locate(value), base, BRAND, dash="2 3")
    drawing.add_rectangle(
        axis.locate(low), 22, axis.locate(high) - axis.locate(low), 12, BRAND, radius=6, opacity=0.35
    )
    drawing.add_circle(axis.locate(value), 28, 7, BRAND, edge="#fff")
    drawing.add_text(
        min(max(axis.locate(value), 40), width - 40),
        14,
        f"{name} {format_number(value)}",
        color=INK,
        bold=True,
        anchor="middle",
    )
    return drawing.render_svg()
