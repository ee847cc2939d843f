"""One value with its likely range on a scale with bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from documents.charts.axis import Axis
from documents.charts.drawing import Drawing, spell
from documents.charts.tokens import BRAND, INK, LINE_2, TIERS


@dataclass(frozen=True)
class Band:
    """The part of the scale where most of a tier lies."""

    name: str
    low: float
    high: float
    tier: int


def scale(
    value: float,
    likely: tuple[float, float],
    bands: Sequence[Band],
    *,
    name: str,
    description: str,
    maximum: float = 100,
    width: float = 640,
) -> str:
    """Bands one below the other, so that they may overlap, and the value with its range above them."""
    row = 22.0
    base = 46 + row * len(bands)
    drawing = Drawing(width, base + 26, description)
    axis = Axis(0, maximum, 12, width - 12, maximum / 5)
    for number, band in enumerate(bands):
        top = 42 + row * number
        left, right = axis.at(band.low), axis.at(band.high)
        drawing.rectangle(left, top, right - left, row - 4, TIERS[band.tier], radius=3, opacity=0.2)
        text = f"{band.name} {spell(band.low, 0)}–{spell(band.high, 0)}"
        # Beside the band, on the side where there is room.
        anchor = "end" if right > width * 0.75 else "start"
        drawing.text(
            left - 6 if anchor == "end" else right + 6, top + 13, text, color=TIERS[band.tier], anchor=anchor
        )
    drawing.line(axis.start, base, axis.end, base, LINE_2)
    for tick in axis.ticks():
        drawing.text(axis.at(tick), base + 18, spell(tick, 0), anchor="middle")
    low, high = likely
    drawing.line(axis.at(value), 28, axis.at(value), base, BRAND, dash="2 3")
    drawing.rectangle(axis.at(low), 22, axis.at(high) - axis.at(low), 12, BRAND, radius=6, opacity=0.35)
    drawing.circle(axis.at(value), 28, 7, BRAND, edge="#fff")
    drawing.text(
        min(max(axis.at(value), 40), width - 40),
        14,
        f"{name} {spell(value)}",
        color=INK,
        bold=True,
        anchor="middle",
    )
    return drawing.svg()
