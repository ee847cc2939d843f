"""How values are spread, with bands behind."""

from __future__ import annotations

from collections.abc import Sequence

from documents.charts.axis import Axis, axis_over
from documents.charts.drawing import Drawing, spell, width_of
from documents.charts.scale import Band
from documents.charts.tokens import INK, LINE, LINE_2, TIERS


def histogram(
    start: float,
    step: float,
    counts: Sequence[int],
    bands: Sequence[Band] = (),
    *,
    name: str,
    description: str,
    width: float = 640,
    height: float = 280,
) -> str:
    """Columns of `step` from `start` on; `name` says what is along the foot. Bands are drawn as lines above."""
    top = 12 + 20.0 * len(bands)
    drawing = Drawing(width, height + top, description)
    foot = height + top - 44
    upright = axis_over([0, max(counts, default=1)], foot, top, parts=4, from_zero=True)
    left = width_of(spell(upright.high, 0)) + 12
    along = Axis(start, start + step * len(counts), left, width - 12, step)
    for tick in upright.ticks():
        drawing.line(left, upright.at(tick), width - 12, upright.at(tick), LINE)
        drawing.text(left - 6, upright.at(tick) + 4, spell(tick, 0), anchor="end")
    for number, band in enumerate(bands):
        y = 10 + 20.0 * number
        low, high = along.at(band.low), along.at(band.high)
        drawing.rectangle(low, y + 8, high - low, foot - y - 8, TIERS[band.tier], opacity=0.1)
        drawing.line(low, y + 8, high, y + 8, TIERS[band.tier], width=3)
        drawing.text((low + high) / 2, y + 4, band.name, color=TIERS[band.tier], anchor="middle")
    column = along.at(start + step) - along.at(start)
    for number, count in enumerate(counts):
        x = along.at(start + step * number)
        drawing.rectangle(x + 1, upright.at(count), column - 2, foot - upright.at(count), TIERS[0], radius=1)
    every = max(1, -(-28 // int(column or 1)))
    for number in range(0, len(counts) + 1, every):
        drawing.text(
            along.at(start + step * number), foot + 16, spell(start + step * number, 0), anchor="middle"
        )
    drawing.line(left, foot, width - 12, foot, LINE_2)
    drawing.text((left + width) / 2, foot + 36, name, color=INK, anchor="middle")
    return drawing.svg()
