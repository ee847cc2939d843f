"""Scoring: submissions and a release go in, score runs come out.

The one way from answers to figures: single submissions, whole cohorts, re-scoring and replay all come through
`compute`, which reads vectors alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db import transaction
from django.utils import timezone
from numpy.typing import NDArray

from assessments.announcements import announce_result
from assessments.models import Assessment, ScoreRun, Submission
from assessments.models.packed import FIGURES as PACKED
from assessments.models.packed import pack_both, pack_values
from assessments.models.score import DIMENSIONS
from assessments.storing import point, rows_of, store_runs
from audit.events import EventType, announce_rows
from benchmarks.ml import Scorecard
from benchmarks.ml.official import OfficialTables
from benchmarks.models import Release
from instrument import load

INTERVAL_LEVEL = 0.9


class Frozen(NamedTuple):
    """What scoring needs of a submission: its id, its assessment's, and the vector of stages."""

    submission: UUID
    assessment: UUID
    vector: bytes


@dataclass(frozen=True)
class Scored:
    """The stored figures of n submissions, one column each; see `ScoreRun` for scales. `stated` masks tiers."""

    columns: dict[str, NDArray[np.signedinteger[Any]]]
    stated: NDArray[np.bool_]


@lru_cache(maxsize=8)
def scorecard_of(text: str) -> Scorecard:
    """The scorecard of a release, parsed once in a process."""
    return Scorecard.from_json(text)


def ceiling_of(text: str) -> int:
    """What no chance of a tier above SME exceeds, in ten-thousandths: 1 less the lapse of the scorecard.

    The lapse is the share of SMEs in the reference sample that stay SMEs however good their answers are.
    """
    return round(10_000 * (1 - scorecard_of(text).lapse))


@lru_cache(maxsize=8)
def rule_of(instrument_version: str) -> OfficialTables:
    """The official rule of an instrument version as tables, built once in a process."""
    return OfficialTables.from_instrument(load(instrument_version))


def compute(vectors: Sequence[bytes], scorecard: Scorecard, rule: OfficialTables) -> Scored:
    """Score vectors of stages (n times J int8, as stored)."""
    stages = np.frombuffer(b"".join(vectors), dtype=np.int8).reshape(len(vectors), -1)
    guarded, estimate = scorecard.score_both(stages)
    band = scorecard.interval(stages, INTERVAL_LEVEL, "estimate", measurement=True)
    stored, low = estimate.stored(), guarded.stored()
    official = rule.grade(stages)
    columns: dict[str, NDArray[np.signedinteger[Any]]] = {
        "readiness": stored.readiness,
        "readiness_guarded": low.readiness,
        # Missing answers can only have pulled the guarded reading down, so the range reaches to it.
        "readiness_low": np.minimum(hundredths(band.low), low.readiness),
        "readiness_high": hundredths(band.high),
        "official_level": official.level,
        "base_points": official.base,
        "base_foundation": official.by_dimension[:, 0],
        "base_management": official.by_dimension[:, 1],
        "base_outcomes": official.by_dimension[:, 2],
    }
    columns |= {name: stored.dimensions[:, index] for index, name in enumerate(DIMENSIONS)}
    columns |= {f"exceed_{k}": low.exceed[:, k - 1] for k in (1, 2, 3)}
    columns["tier"] = (low.exceed >= 5_000).sum(axis=1)
    for level in (1, 2, 3, 4):
        columns[f"scenarios_{level}"] = official.scenarios[:, level - 1]
        columns[f"binding_{level}"] = official.binding[:, level - 1]
    return Scored(columns, scorecard.coverage(stages).tier_allowed)


def hundredths(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Points as stored: whole hundredths."""
    return np.rint(100 * np.asarray(points)).astype(np.int64)


def runs_of(submissions: Sequence[Submission], release: Release) -> list[ScoreRun]:
    """Score runs of these submissions under this release, not stored."""
    if not submissions:
        return []
    scored = compute(
        [bytes(submission.vector) for submission in submissions],
        scorecard_of(release.scorecard),
        rule_of(release.instrument_version),
    )
    return [
        ScoreRun(submission=submission, release=release, **figures)
        for submission, figures in zip(submissions, rows_of(scored.columns, scored.stated), strict=True)
    ]


def score(submissions: Sequence[Submission], release: Release) -> None:
    """Score and store. What is already scored under this release stays as it is, so it may be repeated."""
    score_vectors(
        [
            Frozen(submission.pk, submission.assessment_id, bytes(submission.vector))
            for submission in submissions
        ],
        release,
    )


def score_vectors(frozen: Sequence[Frozen], release: Release) -> None:
    """Score and store many at once, in one transaction and in as many statements as one takes.

    Afterwards each assessment points to the runs of its latest submissions, provided the release is active.
    Companies are told of a submission's first result, not of another release's.
    """
    if not frozen:
        return
    ids = [row.submission for row in frozen]
    with transaction.atomic():
        stored = ScoreRun.objects.filter(submission__in=ids).values_list("submission_id", "release_id")
        releases: dict[UUID, set[UUID]] = defaultdict(set)
        for submission_id, release_id in stored:
            releases[submission_id].add(release_id)
        missing = [row for row in frozen if release.pk not in releases[row.submission]]
        if missing:
            scored = compute(
                [row.vector for row in missing],
                scorecard_of(release.scorecard),
                rule_of(release.instrument_version),
            )
            runs = store_runs([row.submission for row in missing], release, scored.columns, scored.stated)
            announce_runs(runs)
        point_to_runs({row.assessment for row in frozen}, release)
        announce_result([pk for pk in ids if not releases[pk]])


def announce_runs(runs: Sequence[UUID]) -> None:
    """Tell other programs of score runs that were stored; call it in the transaction that stores them."""
    company = "submission__assessment__company_id"
    programme = "submission__assessment__round__programme_id"
    stored = ScoreRun.objects.filter(pk__in=runs).order_by()
    announce_rows(EventType.SCORE_STORED, stored.values_list("pk", programme, company))


def point_to_runs(assessment_ids: set[UUID], release: Release) -> None:
    """Let assessments point to the runs of their latest submissions under `release`, if that is active."""
    if Release.objects.active_in(release.programme) != release:
        return
    # Locked in one order, so that two workers cannot wait for each other in a ring.
    current = Assessment.objects.filter(pk__in=assessment_ids, round__programme=release.programme_id)
    locked = list(current.select_for_update(of=("self",)).order_by("pk"))
    found = ScoreRun.objects.filter(
        release=release,
        submission__assessment__in=[assessment.pk for assessment in locked],
        submission__superseded_by__isnull=True,
        submission__withdrawal__isnull=True,
    ).order_by()
    runs = {
        (assessment, kind): (pk, pack_values(figures, release.pk.bytes))
        for pk, assessment, kind, *figures in found.values_list(
            "pk", "submission__assessment", "submission__kind", *PACKED
        )
    }
    now = timezone.now()
    nothing = None, None
    for assessment in locked:
        own = runs.get((assessment.pk, Submission.Kind.SELF.value), nothing)
        verified = runs.get((assessment.pk, Submission.Kind.VERIFIED.value), nothing)
        # As `point_at` does, without an object for each of thousands of runs.
        assessment.self_run_id, assessment.verified_run_id = own[0], verified[0]
        assessment.figures = pack_both(own[1], verified[1])
        if assessment.scored_at is None and (assessment.self_run_id or assessment.verified_run_id):
            assessment.scored_at = now
        assessment.updated_at = now
    point(locked)
