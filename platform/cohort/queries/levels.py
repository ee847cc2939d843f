"""Official levels in the round and in the earlier one, and who moved from where to where."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import BooleanField, Count, Q
from django.db.models.expressions import ExpressionWrapper

from cohort.queries.cohort import Cohort
from cohort.queries.expressions import counted

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


def level_figures(cohort: Cohort) -> LevelFigures:
    """Levels of the cohort's companies; one query of at most 72 rows."""
    rows = (
        cohort.companies.order_by()
        .annotate(
            level=counted("official_level"),
            level_before=counted("official_level", "before"),
            verified=ExpressionWrapper(Q(now__verified_run__isnull=False), output_field=BooleanField()),
        )
        .values_list("level_before", "level", "verified")
        .annotate(companies=Count("pk"))
    )
    before, now, checked = ([0] * len(LEVELS) for _ in range(3))
    moves = [[0] * len(LEVELS) for _ in LEVELS]
    for level_before, level, verified, companies in rows:
        if level_before is not None:
            before[level_before] += companies
        if level is not None:
            now[level] += companies
            checked[level] += companies if verified else 0
        if level_before is not None and level is not None:
            moves[level_before][level] += companies
    return LevelFigures(tuple(before), tuple(now), tuple(checked), tuple(map(tuple, moves)))
