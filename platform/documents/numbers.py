"""Figures as people read them: the one home of how they are rounded, and of what is said of their changes.

Scores are hundredths of a point, chances ten-thousandths. A score is shown to a tenth of a point, halves away from
zero. A change between two figures is the difference of the two as they are shown, and parts of a change are rounded
so that they add up to it: whoever adds up what stands on a page finds what the page says. A figure that stands alone,
such as a mean change, is rounded by itself.

What `round_to_tenth`, `compute_change` and `split_change` return are hundredths again, so that all formats take them.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor

MINUS = "−"
HUNDREDTHS = Decimal(100)
TENTH = 10  # in hundredths of a point
# Hundredths of a point: stored ones are whole, medians and means need not be, explanations are exact.
Points = int | float | Fraction


def round_to_hundredths(points: float | Fraction) -> int:
    """Round points to whole hundredths as they are stored, halves to the even one: 43.6249 to 4362."""
    return int(round(100 * points))  # noqa: RUF046 - NumPy rounds its numbers to its own


def round_to_tenth(hundredths: Points) -> int:
    """Round 4365 to 4370: hundredths of a point to the tenth that is shown, halves away from zero."""
    exact = Fraction(hundredths)
    size: int = floor(abs(exact) / TENTH + Fraction(1, 2)) * TENTH
    return -size if exact < 0 else size


def compute_change(before: Points, now: Points) -> int:
    """Compute the change between two figures as they are shown: from 4364 to 4845 it is 490, 48.5 less 43.6."""
    return round_to_tenth(now) - round_to_tenth(before)


def split_change(parts: Sequence[Points], change: int) -> list[int]:
    """Round the parts of a change to tenths that add up to it; `change` is of `compute_change`.

    Each is rounded down first, and what is missing goes to those that lost most, the first of equals. A part that is
    nothing stays nothing, unless all are and the change is not.
    """
    exact = [Fraction(part) / TENTH for part in parts]
    shown = [floor(part) for part in exact]
    open_places = [place for place, part in enumerate(exact) if part] or list(range(len(exact)))
    missing = change // TENTH - sum(shown)
    if not open_places:
        return []
    each, left = divmod(missing, len(open_places))
    ordered = sorted(open_places, key=lambda place: shown[place] - exact[place])
    for rank, place in enumerate(ordered):
        shown[place] += each + (rank < left)
    return [part * TENTH for part in shown]


def _format_rounded(value: Decimal, places: int) -> str:
    quantum = Decimal(1).scaleb(-places)
    text = f"{abs(value).quantize(quantum, rounding=ROUND_HALF_UP):,f}"
    is_zero = not text.strip("0.,")
    return f"{MINUS}{text}" if value < 0 and not is_zero else text


def format_points(hundredths: Points) -> str:
    """Format 4362 as "43.6"."""
    return _format_rounded(Decimal(round_to_tenth(hundredths)) / HUNDREDTHS, 1)


def round_points(hundredths: Points) -> float:
    """Round 4362 to 43.6: the number that a chart draws and prints, rounded as `format_points` does."""
    return round_to_tenth(hundredths) / 100


def format_whole_points(hundredths: float) -> str:
    """Format 4362 as "44"."""
    return _format_rounded(Decimal(hundredths) / HUNDREDTHS, 0)


def format_signed_points(hundredths: Points) -> str:
    """Format 480 as "+4.8", -61 as "−0.6"; what rounds to zero has no sign."""
    text = format_points(hundredths)
    return f"+{text}" if hundredths > 0 and text.strip("0.") else text


def format_decimal(value: Fraction) -> str:
    """Format a number with at most three decimals, without trailing zeros: base points are shown as they are."""
    return f"{float(value):.3f}".rstrip("0").rstrip(".")


def format_chance(ten_thousandths: int) -> str:
    """Format 6612 as "66%". Below 1 and above 99 % only the bound: the model knows no certainty."""
    if ten_thousandths < 100:
        return "<1%"
    if ten_thousandths > 9900:
        return ">99%"
    return f"{_format_rounded(Decimal(ten_thousandths) / HUNDREDTHS, 0)}%"


def format_percentage(part: float, whole: float) -> str:
    """Format (62, 100) as "62%"; "–" when there is no whole. Only all is 100 % and only none is 0 %."""
    if not whole:
        return "–"
    share = Decimal(str(part)) / Decimal(str(whole)) * 100
    if 0 < share < 1:
        return "<1%"
    if 99 < share < 100:
        return ">99%"
    return f"{_format_rounded(share, 0)}%"


def format_yuan(amount: Decimal | int) -> str:
    """Format 380000 as "¥380,000": whole yuan, the same in both languages."""
    text = _format_rounded(Decimal(amount), 0)
    return f"{MINUS}¥{text[1:]}" if text.startswith(MINUS) else f"¥{text}"
