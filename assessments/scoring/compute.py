"""Scoring: submissions and a release go in, score runs come out.

The one way from answers to figures: single submissions, whole cohorts, re-scoring and replay all come through
`compute`, which reads vectors alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from django.db.models import QuerySet
from numpy.typing import NDArray

from assessments.models import Assessment, Round, ScoreRun, Submission
from assessments.models.id_arrays import among
from assessments.models.score import DIMENSIONS
from assessments.notifications.announcements import announce_result
from assessments.scoring.storage import point, rows_of, store_runs
from audit.events import EventType, announce_rows
from benchmarks.ml import Scorecard
from benchmarks.ml.official import OfficialTables
from benchmarks.models import Activation, Release
from companies.models import Programme
from instrument import load

INTERVAL_LEVEL = 0.9
ROWS_AT_ONCE = 5_000


class Frozen(NamedTuple):
    """What scoring needs of a submission: its id, whose it is, and the vector of stages."""

    submission: UUID
    assessment: UUID
    company: UUID
    programme: UUID
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
        list(frozen(Submission.objects.filter(pk__in=among([each.pk for each in submissions])))), release
    )


def frozen(submissions: QuerySet[Submission]) -> Iterator[Frozen]:
    """What scoring needs of these submissions, without their answers; one query.

    PostgreSQL puts the rows aside, so that a million neither have to fit in memory nor are disturbed by what is
    written meanwhile. SQLite cannot, and has few.
    """
    names = ("pk", "assessment_id", "assessment__company_id", "assessment__round__programme_id", "vector")
    found = submissions.order_by().values_list(*names)
    rows = found.iterator(chunk_size=ROWS_AT_ONCE) if connection.vendor == "postgresql" else iter(list(found))
    return (
        Frozen(pk, owner, company, programme, bytes(vector)) for pk, owner, company, programme, vector in rows
    )


def score_vectors(rows: Sequence[Frozen], release: Release) -> None:
    """Score and store many at once, in one transaction and in as many statements as one takes.

    Afterwards each assessment points to the runs of its latest submissions, provided the release is active.
    Companies are told of a submission's first result, not of another release's.
    """
    if not rows:
        return
    ids = [row.submission for row in rows]
    with transaction.atomic():
        stored = ScoreRun.objects.filter(submission__in=among(ids)).order_by()
        releases: dict[UUID, set[UUID]] = defaultdict(set)
        for submission_id, release_id in stored.values_list("submission_id", "release_id"):
            releases[submission_id].add(release_id)
        missing = [row for row in rows if release.pk not in releases[row.submission]]
        if missing:
            scored = compute(
                [row.vector for row in missing],
                scorecard_of(release.scorecard),
                rule_of(release.instrument_version),
            )
            runs = store_runs([row.submission for row in missing], release, scored.columns, scored.stated)
            announce_rows(
                EventType.SCORE_STORED,
                ScoreRun._meta.label_lower,
                [
                    (runs[row.submission], row.programme, row.company)
                    for row in missing
                    if row.submission in runs
                ],
            )
        point_to_runs({row.assessment for row in rows}, release)
        announce_result([pk for pk in ids if not releases[pk]], is_synthetic=release.is_synthetic)


def point_to_runs(assessment_ids: Collection[UUID], release: Release) -> None:
    """Let assessments point to the runs of their latest submissions under `release`, if that is active."""
    if not Activation.objects.filter(release=release, ended_at__isnull=True).exists():
        return
    rounds = Round.objects.filter(programme=release.programme_id)
    current = Assessment.objects.filter(pk__in=among(assessment_ids), round__in=rounds)
    # Locked in one order, so that two workers cannot wait for each other in a ring.
    locked = list(current.select_for_update().order_by("pk").values_list("pk", flat=True))
    submissions = Submission.objects.counting().filter(assessment__in=among(locked)).order_by()
    owners = {pk: (owner, kind) for pk, owner, kind in submissions.values_list("pk", "assessment_id", "kind")}
    # Without the release as a condition: PostgreSQL would think that it has few runs while they are being stored, and
    # read all of them for each submission.
    runs = ScoreRun.objects.filter(submission__in=among(owners)).order_by()
    found = {
        owners[submission]: run
        for run, submission, of_release in runs.values_list("pk", "submission_id", "release_id")
        if of_release == release.pk
    }
    own, verified = Submission.Kind.SELF.value, Submission.Kind.VERIFIED.value
    point(
        [
            (assessment, found.get((assessment, own)), found.get((assessment, verified)))
            for assessment in locked
        ]
    )


def latest_submissions(programme: Programme) -> QuerySet[Submission]:
    """The submissions of a programme that no later one supersedes and that were not withdrawn.

    The rounds are named one by one: PostgreSQL then knows how many of all assessments are theirs.
    """
    rounds = list(Round.objects.filter(programme=programme).values_list("pk", flat=True))
    return Submission.objects.counting().filter(assessment__round__in=rounds)
