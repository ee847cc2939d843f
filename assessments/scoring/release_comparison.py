"""Two releases on the same answers: who would change tier, and by how much scores would move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from assessments.models import Submission
from assessments.scoring.compute import (
    ScoreColumns,
    compute_scores,
    list_latest_submissions,
    load_official_tables,
    parse_scorecard,
)
from benchmarks.models import Release, Tier
from companies.models import Programme

TIERS = tuple(tier.value for tier in Tier)


@dataclass(frozen=True, slots=True)
class RescoredSubmission:
    """One submission under both releases: readiness in hundredths of a point, tier or None where none is stated."""

    submission: Submission
    readiness_before: int
    readiness_after: int
    tier_before: int | None
    tier_after: int | None

    @property
    def change(self) -> int:
        """The difference in readiness, in hundredths of a point."""
        return self.readiness_after - self.readiness_before

    @property
    def changes_tier(self) -> bool:
        """Whether the tier differs, or is stated under one release alone."""
        return self.tier_before != self.tier_after


@dataclass(frozen=True)
class ReleaseComparison:
    """The latest answers of a programme's companies, scored under two releases."""

    before: Release
    after: Release
    moves: Sequence[RescoredSubmission]

    @cached_property
    def changed(self) -> list[RescoredSubmission]:
        """Those whose tier changes, the largest difference in readiness first."""
        found = [move for move in self.moves if move.changes_tier]
        return sorted(found, key=lambda move: (-abs(move.change), move.submission.number))

    @cached_property
    def matrix(self) -> list[list[int]]:
        """How many go from which tier (row) to which (column); the last row and column: no tier stated."""
        size = len(TIERS) + 1
        counts = [[0] * size for _ in range(size)]
        for move in self.moves:
            row = size - 1 if move.tier_before is None else move.tier_before
            column = size - 1 if move.tier_after is None else move.tier_after
            counts[row][column] += 1
        return counts

    @property
    def has_unstated(self) -> bool:
        """Whether some company has no tier stated under one of the releases."""
        return any(move.tier_before is None or move.tier_after is None for move in self.moves)

    @cached_property
    def largest_change(self) -> int | None:
        """The largest difference in readiness, in hundredths of a point; None without answers."""
        return max((abs(move.change) for move in self.moves), default=None)

    @cached_property
    def median_change(self) -> int | None:
        """The median difference in readiness with its sign; None without answers."""
        return int(np.median([move.change for move in self.moves])) if self.moves else None


def compare_releases(programme: Programme, before: Release, after: Release) -> ReleaseComparison:
    """Score the answers that count under both releases; nothing is stored.

    For each company the latest round with a submission counts, verified answers before its own. Answers on another
    version of the questionnaire than the releases' are left out.
    """
    submissions = list_counting_submissions(programme, before.instrument_version)
    if not submissions or after.instrument_version != before.instrument_version:
        return ReleaseComparison(before, after, [])
    vectors = [bytes(submission.vector) for submission in submissions]
    rule = load_official_tables(before.instrument_version)
    old, new = (
        compute_scores(vectors, parse_scorecard(release.scorecard), rule) for release in (before, after)
    )
    return ReleaseComparison(
        before,
        after,
        [
            RescoredSubmission(
                submission,
                int(old.columns["readiness"][row]),
                int(new.columns["readiness"][row]),
                _get_stated_tier(old, row),
                _get_stated_tier(new, row),
            )
            for row, submission in enumerate(submissions)
        ],
    )


def list_counting_submissions(programme: Programme, instrument_version: str) -> list[Submission]:
    """Return one submission per company: of its latest round, verified before its own."""
    submissions = (
        list_latest_submissions(programme)
        .filter(instrument_version=instrument_version)
        .exclude(kind=Submission.Kind.PROVIDER)
        .select_related("assessment__company", "assessment__round")
        .only(
            "number",
            "kind",
            "vector",
            "assessment__company__name",
            "assessment__company__name_en",
            "assessment__round__code",
        )
    )
    order = {Submission.Kind.SELF.value: 0, Submission.Kind.VERIFIED.value: 1}
    chosen: dict[object, Submission] = {}
    for submission in sorted(submissions, key=lambda found: (found.assessment.round.code, order[found.kind])):
        chosen[submission.assessment.company_id] = submission
    return sorted(chosen.values(), key=lambda submission: submission.number)


def _get_stated_tier(scored: ScoreColumns, row: int) -> int | None:
    return int(scored.columns["tier"][row]) if scored.stated[row] else None
