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
from assessments.models.id_arrays import uuid_in
from assessments.models.score import DIMENSIONS
from assessments.notifications.announcements import notify_about_result
from assessments.scoring.storage import insert_runs, list_figure_rows, update_run_pointers
from audit.event_types import EventType
from audit.events import publish_event_rows
from benchmarks.ml import Scorecard
from benchmarks.ml.official import OfficialTables
from benchmarks.models import Activation, Release
from companies.models import Programme
from instrument import load_instrument

INTERVAL_LEVEL = 0.9
ROWS_AT_ONCE = 5_000


class ScoringInput(NamedTuple):
    """The part of a submission that scoring needs: its id, whose it is, and the vector of stages."""

    submission: UUID
    assessment: UUID
    company: UUID
    programme: UUID
    vector: bytes


@dataclass(frozen=True)
class ScoreColumns:
    """The stored figures of n submissions, one column each; see `ScoreRun` for scales. `stated` masks tiers."""

    columns: dict[str, NDArray[np.signedinteger[Any]]]
    stated: NDArray[np.bool_]


@lru_cache(maxsize=8)
def parse_scorecard(text: str) -> Scorecard:
    """Parse the scorecard of a release, once in a process."""
    return Scorecard.from_json(text)


def compute_tier_ceiling(text: str) -> int:
    """Return what no chance of a tier above SME exceeds, in ten-thousandths: 1 less the scorecard's lapse.

    The lapse is the share of SMEs in the reference sample that stay SMEs however good their answers are.
    """
    return round(10_000 * (1 - parse_scorecard(text).lapse))


@lru_cache(maxsize=8)
def load_official_tables(instrument_version: str) -> OfficialTables:
    """Return the official rule of an instrument version as tables, built once in a process."""
    return OfficialTables.from_instrument(load_instrument(instrument_version))


def compute_scores(vectors: Sequence[bytes], scorecard: Scorecard, rule: OfficialTables) -> ScoreColumns:
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
        "readiness_low": np.minimum(convert_to_hundredths(band.low), low.readiness),
        "readiness_high": convert_to_hundredths(band.high),
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
    return ScoreColumns(columns, scorecard.coverage(stages).tier_allowed)


def convert_to_hundredths(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return points as stored: whole hundredths."""
    return np.rint(100 * np.asarray(points)).astype(np.int64)


def build_runs(submissions: Sequence[Submission], release: Release) -> list[ScoreRun]:
    """Build score runs of these submissions under this release, not stored."""
    if not submissions:
        return []
    scored = compute_scores(
        [bytes(submission.vector) for submission in submissions],
        parse_scorecard(release.scorecard),
        load_official_tables(release.instrument_version),
    )
    return [
        ScoreRun(submission=submission, release=release, **figures)
        for submission, figures in zip(
            submissions, list_figure_rows(scored.columns, scored.stated), strict=True
        )
    ]


def score_and_store(submissions: Sequence[Submission], release: Release) -> None:
    """Score and store. What is already scored under this release stays as it is, so it may be repeated."""
    score_vectors(
        list(
            iter_scoring_inputs(Submission.objects.filter(pk__in=uuid_in([each.pk for each in submissions])))
        ),
        release,
    )


def iter_scoring_inputs(submissions: QuerySet[Submission]) -> Iterator[ScoringInput]:
    """Return what scoring needs of these submissions, without their answers; one query.

    PostgreSQL puts the rows aside, so that a million neither have to fit in memory nor are disturbed by what is
    written meanwhile. SQLite cannot, and has few.
    """
    names = ("pk", "assessment_id", "assessment__company_id", "assessment__round__programme_id", "vector")
    found = submissions.order_by().values_list(*names)
    rows = found.iterator(chunk_size=ROWS_AT_ONCE) if connection.vendor == "postgresql" else iter(list(found))
    return (
        ScoringInput(pk, owner, company, programme, bytes(vector))
        for pk, owner, company, programme, vector in rows
    )


def score_vectors(rows: Sequence[ScoringInput], release: Release) -> None:
    """Score and store many at once, in one transaction and in as many statements as one takes.

    Afterwards each assessment points to the runs of its latest submissions, provided the release is active.
    Companies are told of a submission's first result, not of another release's.
    """
    if not rows:
        return
    ids = [row.submission for row in rows]
    with transaction.atomic():
        stored = ScoreRun.objects.filter(submission__in=uuid_in(ids)).order_by()
        releases: dict[UUID, set[UUID]] = defaultdict(set)
        for submission_id, release_id in stored.values_list("submission_id", "release_id"):
            releases[submission_id].add(release_id)
        missing = [row for row in rows if release.pk not in releases[row.submission]]
        if missing:
            scored = compute_scores(
                [row.vector for row in missing],
                parse_scorecard(release.scorecard),
                load_official_tables(release.instrument_version),
            )
            runs = insert_runs([row.submission for row in missing], release, scored.columns, scored.stated)
            publish_event_rows(
                EventType.SCORE_STORED,
                ScoreRun._meta.label_lower,
                [
                    (runs[row.submission], row.programme, row.company)
                    for row in missing
                    if row.submission in runs
                ],
            )
        point_to_runs({row.assessment for row in rows}, release)
        notify_about_result([pk for pk in ids if not releases[pk]], is_synthetic=release.is_synthetic)


def point_to_runs(assessment_ids: Collection[UUID], release: Release) -> None:
    """Let assessments point to the runs of their latest submissions under `release`, if that is active."""
    if not Activation.objects.filter(release=release, ended_at__isnull=True).exists():
        return
    rounds = Round.objects.filter(programme=release.programme_id)
    current = Assessment.objects.filter(pk__in=uuid_in(assessment_ids), round__in=rounds)
    # Locked in one order, so that two workers cannot wait for each other in a ring.
    locked = list(current.select_for_update().order_by("pk").values_list("pk", flat=True))
    submissions = Submission.objects.filter_counting().filter(assessment__in=uuid_in(locked)).order_by()
    owners = {pk: (owner, kind) for pk, owner, kind in submissions.values_list("pk", "assessment_id", "kind")}
    # Without the release as a condition: PostgreSQL would think that it has few runs while they are being stored, and
    # read all of them for each submission.
    runs = ScoreRun.objects.filter(submission__in=uuid_in(owners)).order_by()
    found = {
        owners[submission]: run
        for run, submission, of_release in runs.values_list("pk", "submission_id", "release_id")
        if of_release == release.pk
    }
    own, verified = Submission.Kind.SELF.value, Submission.Kind.VERIFIED.value
    update_run_pointers(
        [
            (assessment, found.get((assessment, own)), found.get((assessment, verified)))
            for assessment in locked
        ]
    )


def list_latest_submissions(programme: Programme) -> QuerySet[Submission]:
    """Return the submissions of a programme that no later one supersedes and that were not withdrawn.

    The rounds are named one by one: PostgreSQL then knows how many of all assessments are theirs.
    """
    rounds = list(Round.objects.filter(programme=programme).values_list("pk", flat=True))
    return Submission.objects.filter_counting().filter(assessment__round__in=rounds)
