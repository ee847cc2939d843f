"""Official levels in the round and in the earlier one, and who moved from where to where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assessments.models.packed import NONE
from cohort.queries.cohort import Cohort
from cohort.queries.standings import Numbers

LEVELS = range(5)


@dataclass(frozen=True, slots=True)
class LevelFigures:
    """Companies at each level 0 to 4: before, now, and now by verified values.

    `moves[i][j]` counts the companies at level i before and j now; only companies with both are in it.
    """

    before: tuple[int, ...]
    now: tuple[int, ...]
    verified: tuple[int, ...]
    moves: tuple[tuple[int, ...], ...]

    @property
    def moved_up(self) -> int:
        """Companies at a higher level than before."""
        return sum(self.moves[i][j] for i in LEVELS for j in LEVELS if j > i)

    @property
    def moved_down(self) -> int:
        """Companies at a lower level than before, which asks for a check."""
        return sum(self.moves[i][j] for i in LEVELS for j in LEVELS if j < i)

    @property
    def compared(self) -> int:
        """Companies with a level in both rounds."""
        return sum(map(sum, self.moves))


def compute_level_figures(cohort: Cohort) -> LevelFigures:
    """Count the cohort's companies by level."""
    standings = cohort.standings
    before, now = standings["level_before"], standings["official_level"]
    verified = standings["verified"] == 1
    both = (before != NONE) & (now != NONE)
    size = len(LEVELS)
    moves = np.bincount(before[both] * size + now[both], minlength=size * size).reshape(size, size)
    return LevelFigures(
        before=_count_levels(before[before != NONE]),
        now=_count_levels(now[now != NONE]),
        verified=_count_levels(now[(now != NONE) & verified]),
        moves=tuple(tuple(map(int, row)) for row in moves),
    )


def _count_levels(levels: Numbers) -> tuple[int, ...]:
    return tuple(map(int, np.bincount(levels, minlength=len(LEVELS))))
