"""Values over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from documents.charts.axis import build_axis
from documents.charts.drawing import Drawing, estimate_width, format_number
from documents.charts.tokens import BRAND, DASHES, INK, LINE, LINE_2, TIERS


@dataclass(frozen=True)
class LineSeries:
    """A value for each point in time (None: none), and if known the range in which it likely lies."""

    name: str
    values: Sequence[float | None]
    likely: Sequence[tuple[float, float] | None] = ()


def render_line_chart(
    times: Sequence[str],
    lines: Sequence[LineSeries],
    *,
    description: str,
    digits: int = 1,
    targets: Sequence[tuple[str, float]] = (),
    from_zero: bool = False,
    width: float = 560,
    height: float = 240,
) -> str:
    """Render lines with a shaded likely range; targets are dashed across. Few points carry their numbers."""
    numbers = [value for one in lines for value in one.values if value is not None]
    numbers += [bound for one in lines for likely in one.likely if likely for bound in likely]
    numbers += [value for _name, value in targets]
    drawing = Drawing(width, height, description)
    foot = height - (46 if len(lines) > 1 else 24)
    axis = build_axis(numbers, foot, 18, parts=4, from_zero=from_zero)
    left = max(estimate_width(format_number(tick, axis.count_digits())) for tick in axis.list_ticks()) + 10
    right = width - 24
    step = (right - left - 30) / max(len(times) - 1, 1)
    places = [
        left + 20 + step * number if len(times) > 1 else (left + right) / 2 for number in range(len(times))
    ]
    for tick in axis.list_ticks():
        drawing.add_line(left, axis.locate(tick), right, axis.locate(tick), LINE)
        drawing.add_text(
            left - 6, axis.locate(tick) + 4, format_number(tick, axis.count_digits()), anchor="end"
        )
    drawing.add_line(left, foot, right, foot, LINE_2)
    widest = max((estimate_width(time) for time in times), default=0) + 14
    every = max(1, -(-int(widest) // max(int(step), 1)))
    for number, time in enumerate(times):
        # Counted from the end, because the last time is the one that is asked about.
        if (len(times) - 1 - number) % every == 0:
            half = estimate_width(time) / 2
            drawing.add_text(min(places[number], width - half - 2), foot + 17, time, anchor="middle")
    for name, value in targets:
        drawing.add_line(left, axis.locate(value), right, axis.locate(value), TIERS[1], dash="6 4")
        drawing.add_text(right, axis.locate(value) - 5, name, color=TIERS[1], anchor="end")
    for order, one in enumerate(lines):
        _draw_series(
            drawing,
            one,
            order,
            [axis.locate(v) if v is not None else None for v in one.values],
            places,
            digits,
        )
        band = [(x, pair) for x, pair in zip(places, one.likely, strict=False) if pair]
        if band:
            drawing.add_area(
                [(x, axis.locate(high)) for x, (_low, high) in band]
                + [(x, axis.locate(low)) for x, (low, _high) in reversed(band)],
                _get_color(order),
                opacity=0.14,
            )
    if len(lines) > 1:
        drawing.add_legend(
            height - 6, [(one.name, _get_color(order), DASHES[order]) for order, one in enumerate(lines)]
        )
    return drawing.render_svg()


def _get_color(order: int) -> str:
    return BRAND if order == 0 else TIERS[order]


def _draw_series(
    drawing: Drawing,
    one: LineSeries,
    order: int,
    heights: list[float | None],
    places: list[float],
    digits: int,
) -> None:
    points = [(x, y) for x, y in zip(places, heights, strict=True) if y is not None]
    drawing.add_path(points, _get_color(order), width=2.5, dash=DASHES[order])
    few = len(places) <= 8
    for x, y, value in zip(places, heights, one.values, strict=True):
        if y is None or value is None:
            continue
        if few or len(points) == 1:
            drawing.add_circle(x, y, 4, _get_color(order))
        if few and order == 0:
            drawing.add_text(x, y - 9, format_number(value, digits), color=INK, bold=True, anchor="middle")
