"""Why the score is what it is: place in the sector, the answers that moved it most, and the way through the rounds."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from assessments.results import AssessmentResult
from assessments.results.explanation import Explanation, Moved
from instrument import Instrument, Item

SHOWN_ANSWERS = 5


def build_reasons_context(result: AssessmentResult, instrument: Instrument) -> dict[str, Any]:
    """Return what `_position.html` and `_history.html` need."""
    raising, lowering = result.explanation.list_strongest_moves(SHOWN_ANSWERS)
    return {
        "positions": result.explanation.positions,
        "raising": [_build_move_row(instrument, move) for move in raising],
        "lowering": [_build_move_row(instrument, move) for move in lowering],
        "moved_rest": round_to_hundredths(_compute_rest(result.explanation, [*raising, *lowering])),
        "moved_start": round_to_hundredths(result.explanation.start),
        "changes": result.changes,
    }


def _build_move_row(instrument: Instrument, move: Moved) -> tuple[Item, int]:
    return instrument.get_item(move.item), round_to_hundredths(move.points)


def _compute_rest(explanation: Explanation, shown: list[Moved]) -> Fraction:
    return explanation.end - explanation.start - sum((move.points for move in shown), Fraction(0))


def round_to_hundredths(points: Fraction) -> int:
    """Return exact points as the whole hundredths that pages show."""
    return round(100 * points)
