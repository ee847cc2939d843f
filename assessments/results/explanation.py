"""Why this score: where it stands among reference facilities, and which answers moved it, to the last fraction.

Both compare with the frozen rows of the release, never with other companies of the cohort, so neither moves because
others have answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from assessments.models import ScoreRun
from assessments.scoring.compute import parse_scorecard
from benchmarks.ml import BenchmarkPosition, Scorecard
from benchmarks.ml.position import FEWEST_FACILITIES, Position
from benchmarks.models import Release, Tier
from benchmarks.training import TrainingRows, read_training_rows
from companies.small_groups import is_small, withhold_counts

HUNDREDTHS = 100
# Release tables kept in a process; each is a few hundred rows.
KEPT = 4


@dataclass(frozen=True)
class TierPosition:
    """The place of a score among the facilities of one tier in the company's sector.

    `n` is how many there are, None where it is withheld; `position` is None then too, and where they are too few
    to say.
    """

    tier: int
    n: int | None
    position: Position | None


@dataclass(frozen=True)
class Moved:
    """The points of readiness by which an answer lies above or below the typical one to its question."""

    item: str
    dimension: str
    points: Fraction


@dataclass(frozen=True)
class Explanation:
    """The way from an SME with the typical answer to every question to this score; `start` + moves == `end`.

    `n` is the number of SMEs of the reference sample that are typical, `is_own_sector` whether they are all of the
    company's sector. Not a statement about causes.
    """

    start: Fraction
    end: Fraction
    moves: tuple[Moved, ...]
    n: int
    is_own_sector: bool
    positions: tuple[TierPosition, ...]

    @cached_property
    def by_dimension(self) -> Mapping[str, Fraction]:
        """Points per dimension, by code."""
        parts: dict[str, Fraction] = {}
        for move in self.moves:
            parts[move.dimension] = parts.get(move.dimension, Fraction(0)) + move.points
        return parts

    def list_strongest_moves(self, count: int) -> tuple[list[Moved], list[Moved]]:
        """Return the answers that raise and lower the score most, at most `count` of each, strongest first."""
        ordered = sorted(self.moves, key=lambda move: move.points, reverse=True)
        raising = [move for move in ordered if move.points > 0][:count]
        lowering = [move for move in reversed(ordered) if move.points < 0][:count]
        return raising, lowering


@dataclass(frozen=True)
class _References:
    """The rows of a release with their scores, ready for comparison."""

    rows: TrainingRows
    position: BenchmarkPosition

    def compute_typical_answers(self, sector: str) -> tuple[NDArray[np.int8], int, bool]:
        """Return each item's lower median over the SMEs of a sector, or over all where those are too few."""
        is_sme = self.rows.tiers == Tier.SME
        own = is_sme & (self.rows.sectors == sector)
        # The number of typical SMEs is stated, so a sector whose number is withheld is not compared with itself.
        shown = self.count_shown_rows(sector)[Tier.SME]
        is_own = shown is not None and shown >= FEWEST_FACILITIES
        chosen = self.rows.stages[own if is_own else is_sme]
        columns = []
        for column in chosen.T:
            stages = np.sort(column[column >= 0])
            columns.append(stages[(len(stages) - 1) // 2] if len(stages) else 0)
        return np.array(columns, dtype=np.int8), len(chosen), is_own

    def count_shown_rows(self, sector: str) -> dict[int, int | None]:
        """Return how many rows of a sector there are in each tier, None where it is withheld.

        The total of each tier is known from public pages; where a tier is too small for that, the total of the three
        tiers of facilities is.
        """
        sectors = sorted(set(self.rows.sectors.tolist()))
        if sector not in sectors:
            return dict.fromkeys((tier.value for tier in Tier), 0)
        table = [
            [int(((self.rows.tiers == tier) & (self.rows.sectors == name)).sum()) for name in sectors]
            for tier in Tier
        ]
        sme, facilities = table[0], table[1:]
        if any(is_small(sum(row)) for row in facilities):
            flat = withhold_counts([count for row in facilities for count in row])
            shown = [flat[start : start + len(sectors)] for start in range(0, len(flat), len(sectors))]
        else:
            shown = [withhold_counts(row) for row in facilities]
        place = sectors.index(sector)
        return {
            tier.value: row[place] for tier, row in zip(Tier, [withhold_counts(sme), *shown], strict=True)
        }


@lru_cache(maxsize=KEPT)
def _load_references(release_id: UUID) -> _References:
    """Read the rows of a release: once in a process, since it never changes."""
    release = Release.objects.only("scorecard", "training_rows").get(pk=release_id)
    rows = TrainingRows.parse(read_training_rows(release))
    scores = parse_scorecard(release.scorecard).score(rows.stages, "estimate").stored()
    fitted = BenchmarkPosition().fit(scores.readiness / HUNDREDTHS, rows.tiers, rows.sectors)
    return _References(rows, fitted)


def explain_run(run: ScoreRun, sector: str) -> Explanation:
    """Explain the readiness of a run (with its submission and release) to a company of this sector."""
    scorecard: Scorecard = parse_scorecard(run.release.scorecard)
    references = _load_references(run.release_id)
    typical, n, is_own_sector = references.compute_typical_answers(sector)
    stages = np.frombuffer(bytes(run.submission.vector), dtype=np.int8)
    moves = scorecard.explain(stages, typical, "estimate")
    counts = references.count_shown_rows(sector)
    return Explanation(
        start=sum(scorecard.contributions(typical, "estimate"), Fraction(0)),
        end=sum(scorecard.contributions(stages, "estimate"), Fraction(0)),
        moves=tuple(
            Moved(code, scorecard.dimension_codes[dimension], points)
            for code, dimension, points in zip(scorecard.items, scorecard.dimensions, moves, strict=True)
        ),
        n=n,
        is_own_sector=is_own_sector,
        positions=tuple(
            TierPosition(
                tier=tier.value,
                n=counts[tier.value],
                # A percentile tells of how many it is.
                position=None
                if counts[tier.value] is None
                else references.position.position(run.readiness / HUNDREDTHS, tier.value, sector),
            )
            for tier in Tier
        ),
    )
