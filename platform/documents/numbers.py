"""Stored integers as people read them. Scores are hundredths of a point, chances ten-thousandths."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

MINUS = "−"
HUNDREDTHS = Decimal(100)


def _format_rounded(value: Decimal, places: int) -> str:
    quantum = Decimal(1).scaleb(-places)
    text = f"{abs(value).quantize(quantum, rounding=ROUND_HALF_UP):,f}"
    is_zero = not text.strip("0.,")
    return f"{MINUS}{text}" if value < 0 and not is_zero else text


def format_points(hundredths: int) -> str:
    """Format 4362 as "43.6": one decimal, halves away from zero."""
    return _format_rounded(Decimal(hundredths) / HUNDREDTHS, 1)


def round_points(hundredths: float) -> float:
    """Round 4362 to 43.6: the number that a chart draws and prints, rounded as `format_points` does."""
    return float((Decimal(str(hundredths)) / HUNDREDTHS).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))


def format_whole_points(hundredths: int) -> str:
    """Format 4362 as "44"."""
    return _format_rounded(Decimal(hundredths) / HUNDREDTHS, 0)


def format_signed_points(hundredths: int) -> str:
    """Format 480 as "+4.8", -61 as "−0.6"; what rounds to zero has no sign."""
    text = format_points(hundredths)
    return f"+{text}" if hundredths > 0 and text.strip("0.") else text


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
