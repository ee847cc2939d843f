"""Why the score is what it is: place in the sector, the answers that moved it most, and the way through the rounds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assessments.results import AssessmentResult
from assessments.results.explanation import Moved
from instrument import Instrument, Item


def build_reasons_context(result: AssessmentResult, instrument: Instrument) -> dict[str, Any]:
    """Return what `_position.html` and `_history.html` need."""
    way = result.answer_way
    return {
        "positions": result.explanation.positions,
        "raising": _build_move_rows(instrument, way.raising),
        "lowering": _build_move_rows(instrument, way.lowering),
        "moved_rest": way.rest,
        "moved_start": way.start,
        "changes": result.changes,
    }


def _build_move_rows(instrument: Instrument, moves: Iterable[tuple[Moved, int]]) -> list[tuple[Item, int]]:
    return [(instrument.get_item(move.item), points) for move, points in moves]
