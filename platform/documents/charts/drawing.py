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


def format_number(value: float, digits: int = 1, *, signed: bool = False) -> str:
    """Format the number as the site writes it: a true minus sign, and a plus sign if `signed`."""
    text = f"{abs(value):,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        return text
    return f"−{text}" if value < 0 else f"+{text}" if signed else text


def estimate_width(text: str, size: float = TEXT_SIZE) -> float:
    """Estimate how wide the text is; enough to place it, without opening the font."""
    return size * sum(1.0 if unicodedata.east_asian_width(sign) in "WF" else LATIN_WIDTH for sign in text)


def wrap_text(text: str, width: float, size: float = TEXT_SIZE) -> list[str]:
    """Break the text into lines of at most `width`, at spaces, or between Chinese characters."""
    pieces: list[str] = []
    for word in text.split(" "):
        chinese = [sign for sign in word if unicodedata.east_asian_width(sign) in "WF"]
        pieces += [*word] if len(chinese) > len(word) / 2 else [word]
        pieces.append(" ")
    lines = [""]
    for piece in pieces[:-1]:
        if lines[-1] and estimate_width((lines[-1] + piece).rstrip(), size) > width:
            lines.append("")
        if lines[-1] or piece != " ":
            lines[-1] += piece
    return [line.rstrip() for line in lines]


def _format_number(value: float) -> str:
    """Format a coordinate with at most two places, the same text on every machine."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


class Drawing:
    """Marks in the order in which they are painted."""

    def __init__(self, width: float, height: float, description: str) -> None:
        self.width = width
        self.height = height
        self.description = description
        self._marks: list[str] = []

    def add_rectangle(
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
        """Add a filled box."""
        self._add_shape(
            "rect", {"x": x, "y": y, "width": max(width, 0), "height": height, "rx": radius}, fill, opacity
        )

    def add_circle(self, x: float, y: float, radius: float, fill: str, *, edge: str = "") -> None:
        """Add a dot, with an edge of another colour if given."""
        stroke = f' stroke="{edge}" stroke-width="2"' if edge else ""
        self._marks.append(
            f'<circle cx="{_format_number(x)}" cy="{_format_number(y)}" r="{_format_number(radius)}" '
            f'fill="{fill}"{stroke}/>'
        )

    def add_line(
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
        """Add a straight line."""
        self.add_path([(x1, y1), (x2, y2)], color, width=width, dash=dash)

    def add_path(
        self,
        points: Iterable[tuple[float, float]],
        color: str,
        *,
        width: float = 1,
        dash: str = "",
        closed: bool = False,
    ) -> None:
        """Add a line through the points, back to the first if `closed`."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._marks.append(
            f'<path d="{_format_path(points, closed=closed)}" fill="none" stroke="{color}" '
            f'stroke-width="{_format_number(width)}" stroke-linejoin="round"{dashed}/>'
        )

    def add_area(self, points: Iterable[tuple[float, float]], fill: str, *, opacity: float) -> None:
        """Add the filled shape with these corners."""
        self._marks.append(
            f'<path d="{_format_path(points, closed=True)}" fill="{fill}" fill-opacity="{_format_number(opacity)}"/>'
        )

    def add_text(
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
        """Add a line of text; `y` is its base line, `anchor` start, middle or end."""
        weight = ' font-weight="700"' if bold else ""
        self._marks.append(
            f'<text x="{_format_number(x)}" y="{_format_number(y)}" fill="{color}" '
            f'font-size="{_format_number(size)}"{weight} '
            f'text-anchor="{anchor}">{escape(text)}</text>'
        )

    def add_label(
        self, x: float, middle: float, text: str, *, width: float, anchor: str = "end", color: str = INK
    ) -> None:
        """Add a name in as many lines as it needs, centred on the height `middle`."""
        lines = wrap_text(text, width)
        step = TEXT_SIZE * 1.2
        first = middle - step * (len(lines) - 1) / 2 + TEXT_SIZE * 0.36
        for number, line in enumerate(lines):
            self.add_text(x, first + step * number, line, anchor=anchor, color=color)

    def add_legend(self, y: float, entries: Sequence[tuple[str, str, str]]) -> None:
        """Add name, colour and dash of each series in one centred line; an empty colour is an open dot."""
        widths = [26 + estimate_width(name) + 16 for name, _color, _dash in entries]
        # Names that are longer than the drawing is wide are set smaller; none is cut off.
        fits = min(1.0, self.width / max(sum(widths), 1))
        widths = [width * fits for width in widths]
        x = max((self.width - sum(widths) + 16) / 2, 0)
        for (name, color, dash), width in zip(entries, widths, strict=True):
            if dash == "box":
                self.add_rectangle(x, y - 9, 18, 9, color, radius=2)
            elif dash == "dot":
                self.add_circle(x + 9, y - 4, 4.5, color or "#fff", edge="" if color else INK_2)
            else:
                self.add_line(x, y - 4, x + 18, y - 4, color, width=2.5, dash=dash)
            self.add_text(x + 24, y, name, size=TEXT_SIZE * fits)
            x += width

    def render_svg(self) -> str:
        """Render the drawing as SVG; its description is for screen readers."""
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" '
            f'viewBox="0 0 {_format_number(self.width)} {_format_number(self.height)}" '
            f'width="{_format_number(self.width)}" height="{_format_number(self.height)}" role="img" '
            f'aria-label={quoteattr(self.description)} font-family="{FAMILY}">{"".join(self._marks)}</svg>'
        )

    def _add_shape(self, name: str, numbers: dict[str, float], fill: str, opacity: float) -> None:
        written = " ".join(
            f'{key}="{_format_number(value)}"' for key, value in numbers.items() if value or key != "rx"
        )
        faint = f' fill-opacity="{_format_number(opacity)}"' if opacity < 1 else ""
        self._marks.append(f'<{name} {written} fill="{fill}"{faint}/>')


def _format_path(points: Iterable[tuple[float, float]], *, closed: bool) -> str:
    written = "L".join(f"{_format_number(x)} {_format_number(y)}" for x, y in points)
    return f"M{written}{'Z' if closed else ''}"


def measure_labels(labels: Iterable[str], *, at_most: float) -> float:
    """Measure the room that names need before a chart."""
    return min(max((estimate_width(label) for label in labels), default=0), at_most) + 10


def compute_row_heights(labels: Iterable[str], width: float, least: float) -> list[float]:
    """Compute the height of each row, so that names of several lines have room."""
    return [max(least, len(wrap_text(label, width)) * TEXT_SIZE * 1.2 + 6) for label in labels]
