"""Hints for reviewers about a submission, each with its evidence. A company never sees them.

No hint proves anything, and none lowers a level or a score: it says what to ask about on site. Inflated answers as
such cannot be told from good ones, so nothing here claims to.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from assessments import queries
from assessments.models import Assessment, Submission
from benchmarks.ml import ResponseQuality
from benchmarks.ml.answer_checks import Jump, NearIdentical, jumps, near_identical
from benchmarks.models import Release
from benchmarks.training import Rows, stored_rows
from companies.models import Company
from instrument import Contradiction, Instrument, contradictions, load

# Fitted patterns kept in a process, one per release.
KEPT = 4
# From so many submissions on, a round says itself which answers are usual; a reference sample is drawn from elsewhere.
ENOUGH_TO_FIT = 100


@dataclass(frozen=True)
class Careless:
    """Answers that look as if the questions were not read. `score` lies above `limit`; nats per answer.

    Usual answers and the limit (median plus three robust standard deviations, at least 0: the point from which a
    careless pattern explains the answers better than a usual one) come from `compared` submissions of the round, or
    from so many rows of `release` where the round is small.
    """

    score: float
    limit: float
    compared: int
    release: str


@dataclass(frozen=True)
class Twin:
    """Another company of the round with nearly the same answers."""

    company: Company
    pair: NearIdentical


@dataclass(frozen=True)
class Flags:
    """All hints about one submission."""

    submission: Submission
    instrument: Instrument
    straight_lining: Careless | None
    random: Careless | None
    contradictions: tuple[Contradiction, ...]
    twins: tuple[Twin, ...]
    jumps: tuple[Jump, ...]
    since: str
    """Code of the earlier round that jumps are counted from; empty where there is none."""

    @property
    def count(self) -> int:
        """How many hints there are."""
        careless = (self.straight_lining is not None) + (self.random is not None)
        return careless + len(self.contradictions) + len(self.twins) + len(self.jumps)


def flags_of(assessment: Assessment) -> Flags | None:
    """The hints about the company's own latest submission; None before there is one. At most seven queries."""
    submission = queries.latest_submission(assessment)
    if submission is None:
        return None
    instrument = load(submission.instrument_version)
    who, answers = _round_answers(assessment, submission)
    straight, careless = _careless(assessment, submission, instrument, answers)
    earlier = _earlier_submission(assessment, submission)
    found = contradictions.find(instrument, submission.answers(), queries.profile_figures(assessment.company))
    return Flags(
        submission=submission,
        instrument=instrument,
        straight_lining=straight,
        random=careless,
        contradictions=tuple(found),
        twins=_twins(assessment, instrument, who, answers),
        jumps=_jumps(earlier, assessment, submission, instrument),
        since=earlier.assessment.round.code if earlier else "",
    )


Usual = tuple[ResponseQuality, int, str]
"""What is usual, over how many rows, and of which release; no name for the round itself."""


@lru_cache(maxsize=KEPT)
def _usual_in_release(release_id: UUID) -> Usual | None:
    """What is usual in the rows of a release, fitted once in a process; the rows are frozen, so is the limit."""
    release = Release.objects.only("name", "training_rows", "instrument_version").get(pk=release_id)
    stored = stored_rows(release) if release.training_rows else []
    if not stored:
        return None
    levels = load(release.instrument_version).levels()
    return ResponseQuality(levels=levels).fit(Rows.of(stored).stages), len(stored), release.name


def _careless(
    assessment: Assessment, submission: Submission, instrument: Instrument, answers: NDArray[np.int8]
) -> tuple[Careless | None, Careless | None]:
    """Straight-lining and random answering against what is usual in the round, or in a release for small rounds."""
    usual: Usual | None = None
    if len(answers) >= ENOUGH_TO_FIT:
        usual = ResponseQuality(levels=instrument.levels()).fit(answers), len(answers), ""
    elif assessment.self_run is not None:
        usual = _usual_in_release(assessment.self_run.release_id)
    if usual is None:
        return None, None
    quality, compared, release = usual
    scores = quality.score_samples(_stages(submission)[None, :])[0]
    limits = np.maximum(quality.limits_, 0)
    straight, careless = (
        Careless(float(score), float(limit), compared, release) if score > limit else None
        for score, limit in zip(scores, limits, strict=True)
    )
    return straight, careless


def _round_answers(assessment: Assessment, submission: Submission) -> tuple[list[str], NDArray[np.int8]]:
    """Who submitted in the round, and the stages (n, J) of their own latest answers; one query."""
    rows = list(
        Submission.objects.filter(
            assessment__round_id=assessment.round_id,
            kind=Submission.Kind.SELF,
            superseded_by__isnull=True,
            instrument_version=submission.instrument_version,
        ).values_list("assessment__company_id", "vector")
    )
    stages = np.frombuffer(b"".join(bytes(vector) for _company, vector in rows), dtype=np.int8)
    return [str(company) for company, _vector in rows], stages.reshape(len(rows), -1)


def _twins(
    assessment: Assessment, instrument: Instrument, who: list[str], answers: NDArray[np.int8]
) -> tuple[Twin, ...]:
    """Companies of the round whose answers hardly differ; one query for their names."""
    if len(who) < 2:
        return ()
    own = str(assessment.company_id)
    pairs = {
        pair.second if pair.first == own else pair.first: pair
        for pair in near_identical(answers, who, instrument.item_order)
        if own in (pair.first, pair.second)
    }
    companies = Company.objects.in_bulk([UUID(other) for other in pairs]) if pairs else {}
    return tuple(Twin(companies[UUID(other)], pair) for other, pair in pairs.items())


def _earlier_submission(assessment: Assessment, submission: Submission) -> Submission | None:
    """The company's own submission of the round before, on the same questionnaire; one query."""
    return (
        Submission.objects.filter(
            kind=Submission.Kind.SELF,
            superseded_by__isnull=True,
            assessment__company_id=assessment.company_id,
            assessment__round__programme_id=assessment.round.programme_id,
            assessment__round__opens_at__lt=assessment.round.opens_at,
            instrument_version=submission.instrument_version,
            submitted_at__lte=submission.submitted_at,
        )
        .select_related("assessment__round", "assessment__self_run")
        .order_by("-assessment__round__opens_at")
        .first()
    )


def _jumps(
    earlier: Submission | None, assessment: Assessment, submission: Submission, instrument: Instrument
) -> tuple[Jump, ...]:
    if earlier is None:
        return ()
    before, after = earlier.assessment.self_run, assessment.self_run
    return tuple(
        jumps(
            instrument.item_order,
            instrument.levels(),
            _stages(earlier),
            _stages(submission),
            taken_before=timezone.localdate(earlier.submitted_at),
            taken_after=timezone.localdate(submission.submitted_at),
            official_before=before.official_level if before else None,
            official_after=after.official_level if after else None,
        )
    )


def _stages(submission: Submission) -> NDArray[np.int8]:
    return np.frombuffer(bytes(submission.vector), dtype=np.int8)
