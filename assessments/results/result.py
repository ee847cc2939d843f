"""What a result says. Points are hundredths, chances ten-thousandths, as `ScoreRun` stores them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from assessments.results.explanation import Explanation, Moved
from assessments.results.history import RoundChange
from assessments.results.reference import FacilityMedians
from documents.numbers import compute_change, round_to_tenth, split_change
from instrument import Gate, NextLevel, Text

# So many answers that raise the score are named, and so many that lower it.
SHOWN_ANSWERS = 5


@dataclass(frozen=True)
class OfficialReading:
    """The official level: provisional while it rests on the company's own answers, verified afterwards.

    `target` is the gate of the next level, at level 4 that of level 4; `next` says what is missing for it.
    """

    level: int
    is_verified: bool
    verified_at: datetime | None
    base: Fraction
    gates: tuple[Gate, ...]
    target: Gate
    next: NextLevel | None


@dataclass(frozen=True)
class Readiness:
    """The readiness score with its likely range (90 %), and the reading that counts missing answers as 0."""

    score: int
    low: int
    high: int
    guarded: int


@dataclass(frozen=True)
class TierReading:
    """The stated tier; `chances[k]` is the chance of tier k, `exceed[k - 1]` that of tier k or higher.

    `ceiling` is what no chance of a higher tier exceeds, however good the answers are.
    """

    tier: int
    chances: tuple[int, ...]
    exceed: tuple[int, ...]
    ceiling: int


@dataclass(frozen=True)
class DimensionReading:
    """One dimension: own score, what is typical of each tier and of SMEs, and what it moves.

    `moved` is how many points of readiness its answers bring above or below the typical answers to the same
    questions, exactly. `change` is the difference to the round before, as both are shown.
    """

    code: str
    name: Text
    short: Text
    score: int
    medians: dict[int, int]
    typical_sme: int | None
    moved: Fraction
    change: int | None


@dataclass(frozen=True)
class ScoreWay:
    """The way from the typical SME to the score by dimension, as shown: `start` and the moves add up to `end`.

    Hundredths of a point in whole tenths; the largest gain first.
    """

    start: int
    moves: tuple[tuple[DimensionReading, int], ...]
    end: int


@dataclass(frozen=True)
class AnswerWay:
    """The same way by the answers that move the score most, strongest first; `rest` is all others together.

    `start`, `raising`, `lowering` and `rest` add up to `end`.
    """

    start: int
    raising: tuple[tuple[Moved, int], ...]
    lowering: tuple[tuple[Moved, int], ...]
    rest: int
    end: int


@dataclass(frozen=True)
class TierBand:
    """The readiness of the reference facilities of a tier: 10th percentile, median, 90th percentile."""

    tier: int
    low: int
    median: int
    high: int


@dataclass(frozen=True)
class HistoryPoint:
    """One round with a result."""

    assessment_id: uuid.UUID
    round_code: str
    round_label: str
    score: int
    low: int
    high: int
    level: int
    is_verified: bool
    tier: int | None


@dataclass(frozen=True)
class ResultUplift:
    """The change of the score since the round before, between what was shown then and what is shown now.

    Both rounds are read under the same release, so the method moves nothing.
    """

    since: str
    total: int


@dataclass(frozen=True)
class Solidity:
    """The basis of the result: how items were answered, and how many facilities it is compared with.

    `references` is 0 where that number is withheld.
    """

    items: int
    answered: int
    dont_know: int
    not_applicable: int
    references: int


@dataclass(frozen=True)
class AssessmentResult:
    """Everything that is said about one company in one round."""

    assessment_id: uuid.UUID
    company_name: str
    sector_name: str
    round_code: str
    submission_id: uuid.UUID
    submission_number: str
    submission_sha256: str
    submitted_at: datetime
    scored_at: datetime
    instrument_version: str
    release_name: str
    release_sha256: str
    is_synthetic: bool
    official: OfficialReading
    readiness: Readiness
    tier: TierReading | None
    dimensions: tuple[DimensionReading, ...]
    bands: tuple[TierBand, ...]
    typical: dict[int, FacilityMedians]
    typical_sme: FacilityMedians | None
    compares_own_sector: bool
    explanation: Explanation
    history: tuple[HistoryPoint, ...]
    changes: tuple[RoundChange, ...]
    uplift: ResultUplift | None
    solidity: Solidity

    @property
    def above_typical_sme(self) -> int | None:
        """Points above (or below) the typical SME of the comparison group."""
        return compute_change(self.typical_sme.readiness, self.readiness.score) if self.typical_sme else None

    @property
    def score_way(self) -> ScoreWay:
        """How the dimensions lead from the typical SME to the score."""
        ordered = sorted(self.dimensions, key=lambda reading: reading.moved, reverse=True)
        start, end = 100 * self.explanation.start, self.readiness.score
        moves = split_change([100 * reading.moved for reading in ordered], compute_change(start, end))
        return ScoreWay(round_to_tenth(start), tuple(zip(ordered, moves, strict=True)), round_to_tenth(end))

    @property
    def answer_way(self) -> AnswerWay:
        """How the strongest answers lead from the typical SME to the score."""
        raising, lowering = self.explanation.list_strongest_moves(SHOWN_ANSWERS)
        strongest = [*raising, *lowering]
        start, end = 100 * self.explanation.start, self.readiness.score
        parts = [100 * move.points for move in strongest]
        rest = 100 * self.explanation.end - start - sum(parts, Fraction(0))
        *shown, shown_rest = split_change([*parts, rest], compute_change(start, end))
        pairs = tuple(zip(strongest, shown, strict=True))
        return AnswerWay(
            round_to_tenth(start),
            pairs[: len(raising)],
            pairs[len(raising) :],
            shown_rest,
            round_to_tenth(end),
        )
