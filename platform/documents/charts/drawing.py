"""A sheet that collects marks and becomes an SVG string."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from documents.charts.tokens import INK, INK_2, LINE
from documents.fonts import FAMILY

TEXT_SIZE: Final = 12.0
# Widths of a letter in parts of the text size; Chinese characters are square.
LATIN_WIDTH: Final = 0.6


def spell(value: float, digits: int = 1, *, signed: bool = False) -> str:
    """The number as the site writes it: a true minus sign, and a plus sign if `signed`."""
    text = f"{abs(value):,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        return text
    return f"−{text}" if value < 0 else f"+{text}" if signed else text


def width_of(text: str, size: float = TEXT_SIZE) -> float:
    """About how wide the text is; enough to place it, without opening the font."""
    return size * sum(1.0 if unicodedata.east_asian_width(sign) in "WF" else LATIN_WIDTH for sign in text)


def wrapped(text: str, width: float, size: float = TEXT_SIZE) -> list[str]:
    """The text in lines of at most `width`, broken at spaces, or between Chinese characters."""
    pieces: list[str] = []
    for word in text.split(" "):
        chinese = [sign for sign in word if unicodedata.east_asian_width(sign) in "WF"]
        pieces += [*word] if len(chinese) > len(word) / 2 else [word]
        pieces.append(" ")
    lines = [""]
    for piece in pieces[:-1]:
        if lines[-1] and width_of((lines[-1] + piece).rstrip(), size) > width:
            lines.append("")
        if lines[-1] or piece != " ":
            lines[-1] += piece
    return [line.rstrip() for line in lines]


def _short(value: float) -> str:
    """A coordinate with at most two places, the same text on every machine."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


class Drawing:
    """Marks in the order in which they are painted."""

    def __init__(self, width: float, height: float, description: str) -> None:
        self.width = width
        self.height = height
        self.description = description
        self._marks: list[str] = []

    def rectangle(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        *,
        radius: float = 0,
        opacity: float = 1,
    ) -> None:
        """A filled box."""
        self._add(
            "rect", {"x": x, "y": y, "width": max(width, 0), "height": height, "rx": radius}, fill, opacity
        )

    def circle(self, x: float, y: float, radius: float, fill: str, *, edge: str = "") -> None:
        """A dot, with an edge of another colour if given."""
        stroke = f' stroke="{edge}" stroke-width="2"' if edge else ""
        self._marks.append(
            f'<circle cx="{_short(x)}" cy="{_short(y)}" r="{_short(radius)}" fill="{fill}"{stroke}/>'
        )

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        color: str = LINE,
        *,
        width: float = 1,
        dash: str = "",
    ) -> None:
        """A straight line."""
        self.path([(x1, y1), (x2, y2)], color, width=width, dash=dash)

    def path(
        self,
        points: Iterable[tuple[float, float]],
        color: str,
        *,
        width: float = 1,
        dash: str = "",
        closed: bool = False,
    ) -> None:
        """A line through the points, back to the first if `closed`."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._marks.append(
            f'<path d="{_route(points, closed=closed)}" fill="none" stroke="{color}" '
            f'stroke-width="{_short(width)}" stroke-linejoin="round"{dashed}/>'
        )

    def area(self, points: Iterable[tuple[float, float]], fill: str, *, opacity: float) -> None:
        """The filled shape with these corners."""
        self._marks.append(
            f'<path d="{_route(points, closed=True)}" fill="{fill}" fill-opacity="{_short(opacity)}"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        color: str = INK_2,
        size: float = TEXT_SIZE,
        bold: bool = False,
        anchor: str = "start",
    ) -> None:
        """A line of text; `y` is its base line, `anchor` start, middle or end."""
        weight = ' font-weight="700"' if bold else ""
        self._marks.append(
            f'<text x="{_short(x)}" y="{_short(y)}" fill="{color}" font-size="{_short(size)}"{weight} '
            f'text-anchor="{anchor}">{escape(text)}</text>'
        )

    def label(
        self, x: float, middle: float, text: str, *, width: float, anchor: str = "end", color: str = INK
    ) -> None:
        """A name in as many lines as it needs, centred on the height `middle`."""
        lines = wrapped(text, width)
        step = TEXT_SIZE * 1.2
        first = middle - step * (len(lines) - 1) / 2 + TEXT_SIZE * 0.36
        for number, line in enumerate(lines):
            self.text(x, first + step * number, line, anchor=anchor, color=color)

    def legend(self, y: float, entries: Sequence[tuple[str, str, str]]) -> None:
        """Name, colour and dash of each series in one centred line; an empty colour is an open dot."""
        widths = [26 + width_of(name) + 16 for name, _color, _dash in entries]
        # Names that are longer than the drawing is wide are set smaller; none is cut off.
        fits = min(1.0, self.width / max(sum(widths), 1))
        widths = [width * fits for width in widths]
        x = max((self.width - sum(widths) + 16) / 2, 0)
        for (name, color, dash), width in zip(entries, widths, strict=True):
            if dash == "box":
                self.rectangle(x, y - 9, 18, 9, color, radius=2)
            elif dash == "dot":
                self.circle(x + 9, y - 4, 4.5, color or "#fff", edge="" if color else INK_2)
            else:
                self.line(x, y - 4, x + 18, y - 4, color, width=2.5, dash=dash)
            self.text(x + 24, y, name, size=TEXT_SIZE * fits)
            x += width

    def svg(self) -> str:
        """The drawing; its description is for screen readers."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_short(self.width)} {_short(self.height)}" '
            f'width="{_short(self.width)}" height="{_short(self.height)}" role="img" '
            f'aria-label={quoteattr(self.description)} font-family="{FAMILY}">{"".join(self._marks)}</svg>'
        )

    def _add(self, name: str, numbers: dict[str, float], fill: str, opacity: float) -> None:
        written = " ".join(
            f'{key}="{_short(value)}"' for key, value in numbers.items() if value or key != "rx"
        )
        faint = f' fill-opacity="{_short(opacity)}"' if opacity < 1 else ""
        self._marks.append(f'<{name} {written} fill="{fill}"{faint}/>')


def _route(points: Iterable[tuple[float, float]], *, closed: bool) -> str:
    written = "L".join(f"{_short(x)} {_short(y)}" for x, y in points)
    return f"M{written}{'Z' if closed else ''}"


def longest_label(labels: Iterable[str], *, at_most: float) -> float:
    """The room that names need before a chart."""
    return min(max((width_of(label) for label in labels), default=0), at_most) + 10


def row_heights(labels: Iterable[str], width: float, least: float) -> list[float]:
    """The height of each row, so that names of several lines have room."""
    return [max(least, len(wrapped(label, width)) * TEXT_SIZE * 1.2 + 6) for label in labels]
