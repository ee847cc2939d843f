"""Why the score is what it is: place in the sector, the answers that moved it most, and the way through the rounds."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from assessments.results import Result
from assessments.results.explanation import Explanation, Moved
from instrument import Instrument, Item

SHOWN_ANSWERS = 5


def context(result: Result, instrument: Instrument) -> dict[str, Any]:
    """What `_position.html` and `_history.html` need."""
    raising, lowering = result.explanation.most(SHOWN_ANSWERS)
    return {
        "positions": result.explanation.positions,
        "raising": [_row(instrument, move) for move in raising],
        "lowering": [_row(instrument, move) for move in lowering],
        "moved_rest": hundredths(_rest(result.explanation, [*raising, *lowering])),
        "moved_start": hundredths(result.explanation.start),
        "changes": result.changes,
    }


def _row(instrument: Instrument, move: Moved) -> tuple[Item, int]:
    return instrument.item(move.item), hundredths(move.points)


def _rest(explanation: Explanation, shown: list[Moved]) -> Fraction:
    return explanation.end - explanation.start - sum((move.points for move in shown), Fraction(0))


def hundredths(points: Fraction) -> int:
    """Exact points as the whole hundredths that pages show."""
    return round(100 * points)
