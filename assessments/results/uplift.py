"""What moved between two rounds: the answers, the verifier's adjustments, or the method.

Taken in this order, each part is the difference that remains when everything before it is already as later:

1. answers: own answers of the earlier round to own answers of the later one, both under the earlier release;
2. verification: what the verifier changed, in the later round less what was changed in the earlier one, under
   the earlier release;
3. method: the later answers that count, from the earlier release to the later one.

All figures are stored whole numbers, so the three add up to the whole difference exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessments.models import Assessment, Submission
from assessments.models.score import DIMENSIONS
from assessments.scoring.compute import compute_scores, load_official_tables, parse_scorecard
from benchmarks.models import Release
from documents.numbers import compute_change, round_to_tenth, split_change

READINESS = "readiness"
MEASURES = (READINESS, *DIMENSIONS)
KINDS = (Submission.Kind.SELF.value, Submission.Kind.VERIFIED.value)


class NotComparable(Exception):
    """The error that the rounds were answered on different versions of the questionnaire."""


@dataclass(frozen=True, slots=True)
class UpliftSplit:
    """A difference in hundredths of a point: `before + answers + verification + method == after`."""

    before: int
    answers: int
    verification: int
    method: int
    after: int

    @property
    def total(self) -> int:
        """The whole difference."""
        return self.after - self.before

    def round_as_shown(self) -> UpliftSplit:
        """Round all to what pages and documents show, a tenth of a point, so that the parts add up there too."""
        parts = (self.answers, self.verification, self.method)
        answers, verification, method = split_change(parts, compute_change(self.before, self.after))
        return UpliftSplit(
            before=round_to_tenth(self.before),
            answers=answers,
            verification=verification,
            method=method,
            after=round_to_tenth(self.after),
        )


@dataclass(frozen=True, slots=True)
class ScoredRound:
    """One round's figures under one release: of the company's own answers, and of those that count."""

    own: Mapping[str, int]
    counting: Mapping[str, int]


def split_difference(
    before: ScoredRound, after_old: ScoredRound, after_new: ScoredRound, measure: str = READINESS
) -> UpliftSplit:
    """Split the difference in one measure; `before` and `after_old` are under the earlier release."""
    start, end = before.counting[measure], after_new.counting[measure]
    answers = after_old.own[measure] - before.own[measure]
    lowered_then = start - before.own[measure]
    lowered_now = after_old.counting[measure] - after_old.own[measure]
    return UpliftSplit(
        before=start,
        answers=answers,
        verification=lowered_now - lowered_then,
        method=end - after_old.counting[measure],
        after=end,
    )


def compute_uplift(
    earlier: Assessment, later: Assessment, *, old: Release, new: Release
) -> dict[str, UpliftSplit] | None:
    """Return the split for readiness and `d1` to `d10`; None where one of the rounds has no own submission.

    Computed from the submissions that no later one supersedes; under releases that have scored them, the figures
    are those of the stored runs. Raises `NotComparable`.
    """
    found = {
        (submission.assessment_id, submission.kind): submission
        for submission in Submission.objects.filter_counting().filter(
            assessment__in=[earlier, later], kind__in=KINDS
        )
    }
    pairs = []
    for assessment in (earlier, later):
        own = found.get((assessment.pk, Submission.Kind.SELF.value))
        if own is None:
            return None
        pairs.append((own, found.get((assessment.pk, Submission.Kind.VERIFIED.value), own)))
    versions = {submission.instrument_version for pair in pairs for submission in pair}
    if len(versions | {old.instrument_version, new.instrument_version}) > 1:
        raise NotComparable("The two rounds were not answered on the same version of the questionnaire.")
    before, after_old, after_new = (
        _score_round(*pairs[0], old),
        _score_round(*pairs[1], old),
        _score_round(*pairs[1], new),
    )
    return {measure: split_difference(before, after_old, after_new, measure) for measure in MEASURES}


def _score_round(own: Submission, counting: Submission, release: Release) -> ScoredRound:
    columns = compute_scores(
        [bytes(own.vector), bytes(counting.vector)],
        parse_scorecard(release.scorecard),
        load_official_tables(release.instrument_version),
    ).columns
    first, second = ({name: int(columns[name][row]) for name in MEASURES} for row in (0, 1))
    return ScoredRound(own=first, counting=second)
