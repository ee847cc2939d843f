"""How values are spread, with bands behind."""

from __future__ import annotations

from collections.abc import Sequence

from documents.charts.axis import Axis, build_axis
from documents.charts.drawing import Drawing, estimate_width, format_number
from documents.charts.scale import ScaleBand
from documents.charts.tokens import INK, LINE, LINE_2, TIERS


def render_histogram(
    start: float,
    step: float,
    counts: Sequence[int],
    bands: Sequence[ScaleBand] = (),
    *,
    name: str,
    description: str,
    width: float = 640,
    height: float = 280,
) -> str:
    """Render columns of `step` from `start` on, bands as lines above; `name` says what is along the foot."""
    top = 12 + 20.0 * len(bands)
    drawing = Drawing(width, height + top, description)
    foot = height + top - 44
    upright = build_axis([0, max(counts, default=1)], foot, top, parts=4, from_zero=True)
    left = estimate_width(format_number(upright.high, 0)) + 12
    along = Axis(start, start + step * len(counts), left, width - 12, step)
    for tick in upright.list_ticks():
        drawing.add_line(left, upright.locate(tick), width - 12, upright.locate(tick), LINE)
        drawing.add_text(left - 6, upright.locate(tick) + 4, format_number(tick, 0), anchor="end")
    for number, band in enumerate(bands):
        y = 10 + 20.0 * number
        low, high = along.locate(band.low), along.locate(band.high)
        drawing.add_rectangle(low, y + 8, high - low, foot - y - 8, TIERS[band.tier], opacity=0.1)
        drawing.add_line(low, y + 8, high, y + 8, TIERS[band.tier], width=3)
        drawing.add_text((low + high) / 2, y + 4, band.name, color=TIERS[band.tier], anchor="middle")
    column = along.locate(start + step) - along.locate(start)
    for number, count in enumerate(counts):
        x = along.locate(start + step * number)
        drawing.add_rectangle(
            x + 1, upright.locate(count), column - 2, foot - upright.locate(count), TIERS[0], radius=1
        )
    every = max(1, -(-28 // int(column or 1)))
    for number in range(0, len(counts) + 1, every):
        drawing.add_text(
            along.locate(start + step * number),
            foot + 16,
            format_number(start + step * number, 0),
            anchor="middle",
        )
    drawing.add_line(left, foot, width - 12, foot, LINE_2)
    drawing.add_text((left + width) / 2, foot + 36, name, color=INK, anchor="middle")
    return drawing.render_svg()
