"""Hints for reviewers about a submission, each with its evidence. A company never sees them.

No hint proves anything, and none lowers a level or a score: it says what to ask about on site. Inflated answers as
such cannot be told from good ones, so nothing here claims to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import numpy as np
from django.db.models import prefetch_related_objects
from django.utils import timezone
from numpy.typing import NDArray

from assessments.answering import queries
from assessments.models import Assessment, Round, Submission
from benchmarks.ml import ResponseQuality
from benchmarks.ml.answer_checks import Jump, NearIdentical, list_jumps, list_near_identical_pairs
from benchmarks.models import Release
from benchmarks.training import TrainingRows, read_training_rows
from companies.models import Company
from instrument import Contradiction, Instrument, contradictions, load_instrument

# Fitted patterns kept in a process, one per release.
KEPT = 4
# From so many submissions on, a round says itself which answers are usual; a reference sample is drawn from elsewhere.
ENOUGH_TO_FIT = 100


@dataclass(frozen=True)
class Careless:
    """Signs of answers given without reading the questions. `score` lies above `limit`; nats per answer.

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


def find_flags(assessment: Assessment) -> Flags | None:
    """Return the hints about the company's own latest submission; None before one. At most seven queries."""
    return get_flags_by_assessment([assessment]).get(assessment.pk)


def get_flags_by_assessment(assessments: Sequence[Assessment]) -> dict[UUID, Flags]:
    """Return the hints about the latest own submissions of assessments of one round, by assessment.

    Seven queries at most, however many assessments; without a submission an assessment has no entry.
    """
    if not assessments:
        return {}
    round_ = assessments[0].round
    own = {
        submission.assessment_id: submission
        for submission in Submission.objects.filter_counting().filter(
            assessment__in=assessments,
            kind=Submission.Kind.SELF,
            instrument_version=round_.instrument_version,
        )
    }
    subjects = [assessment for assessment in assessments if assessment.pk in own]
    if not subjects:
        return {}
    prefetch_related_objects(subjects, "company__years", "self_run")
    instrument = load_instrument(round_.instrument_version)
    who, answers = _load_round_answers(round_)
    scored = _score_carelessness(subjects, own, instrument, answers)
    twins = _find_twins([assessment.company_id for assessment in subjects], instrument, who, answers)
    earlier = _get_earlier_submissions(subjects)
    found = {}
    for assessment in subjects:
        submission = own[assessment.pk]
        before = next(
            (
                other
                for other in earlier.get(assessment.company_id, ())
                if other.submitted_at <= submission.submitted_at
            ),
            None,
        )
        straight, careless = scored[assessment.pk]
        profile = queries.get_profile_figures(assessment.company)
        found[assessment.pk] = Flags(
            submission=submission,
            instrument=instrument,
            straight_lining=straight,
            random=careless,
            contradictions=tuple(contradictions.find(instrument, submission.read_answers(), profile)),
            twins=tuple(twins.get(assessment.company_id, ())),
            jumps=_list_jumps(before, assessment, submission, instrument),
            since=before.assessment.round.code if before else "",
        )
    return found


Usual = tuple[ResponseQuality, int, str]
"""What is usual, over how many rows, and of which release; no name for the round itself."""


@lru_cache(maxsize=KEPT)
def _fit_usual_in_release(release_id: UUID) -> Usual | None:
    """Fit what is usual in the rows of a release, once in a process; the rows are frozen, so is the limit."""
    release = Release.objects.only("name", "training_rows", "instrument_version").get(pk=release_id)
    stored = read_training_rows(release) if release.training_rows else []
    if not stored:
        return None
    levels = load_instrument(release.instrument_version).list_max_stages()
    return ResponseQuality(levels=levels).fit(TrainingRows.parse(stored).stages), len(stored), release.name


def _score_carelessness(
    assessments: Sequence[Assessment],
    own: Mapping[UUID, Submission],
    instrument: Instrument,
    answers: NDArray[np.int8],
) -> dict[UUID, tuple[Careless | None, Careless | None]]:
    """Score straight-lining and random answering against the usual in the round, or for small rounds a release."""
    in_round: Usual | None = None
    if len(answers) >= ENOUGH_TO_FIT:
        in_round = ResponseQuality(levels=instrument.list_max_stages()).fit(answers), len(answers), ""
    found = {}
    for assessment in assessments:
        usual = in_round
        if usual is None and assessment.self_run is not None:
            usual = _fit_usual_in_release(assessment.self_run.release_id)
        found[assessment.pk] = _find_careless(usual, own[assessment.pk]) if usual else (None, None)
    return found


def _find_careless(usual: Usual, submission: Submission) -> tuple[Careless | None, Careless | None]:
    quality, compared, release = usual
    scores = quality.score_samples(_read_stages(submission)[None, :])[0]
    limits = np.maximum(quality.limits_, 0)
    straight, careless = (
        Careless(float(score), float(limit), compared, release) if score > limit else None
        for score, limit in zip(scores, limits, strict=True)
    )
    return straight, careless


def _load_round_answers(round_: Round) -> tuple[list[str], NDArray[np.int8]]:
    """Return who submitted in the round, and the stages (n, J) of their own latest answers; one query."""
    rows = list(
        Submission.objects.filter_counting()
        .filter(
            assessment__round=round_,
            kind=Submission.Kind.SELF,
            instrument_version=round_.instrument_version,
        )
        .values_list("assessment__company_id", "vector")
    )
    stages = np.frombuffer(b"".join(bytes(vector) for _company, vector in rows), dtype=np.int8)
    return [str(company) for company, _vector in rows], stages.reshape(len(rows), -1)


def _find_twins(
    subjects: Sequence[UUID], instrument: Instrument, who: list[str], answers: NDArray[np.int8]
) -> dict[UUID, list[Twin]]:
    """Find companies of the round whose answers hardly differ from a subject's; one query for their names."""
    if len(who) < 2:
        return {}
    names = {str(company) for company in subjects}
    pairs = list_near_identical_pairs(answers, who, instrument.item_order, among=names)
    sides = [(pair.first, pair.second, pair) for pair in pairs] + [
        (pair.second, pair.first, pair) for pair in pairs
    ]
    companies = Company.objects.in_bulk({UUID(other) for _own, other, _pair in sides}) if sides else {}
    found: dict[UUID, list[Twin]] = {}
    for own, other, pair in sides:
        if own in names:
            found.setdefault(UUID(own), []).append(Twin(companies[UUID(other)], pair))
    return found


def _get_earlier_submissions(assessments: Sequence[Assessment]) -> dict[UUID, list[Submission]]:
    """Return own submissions of earlier rounds on this questionnaire by company, latest first; one query."""
    round_ = assessments[0].round
    found: dict[UUID, list[Submission]] = {}
    for submission in (
        Submission.objects.filter_counting()
        .filter(
            kind=Submission.Kind.SELF,
            assessment__company__in=[assessment.company_id for assessment in assessments],
            assessment__round__programme_id=round_.programme_id,
            assessment__round__opens_at__lt=round_.opens_at,
            instrument_version=round_.instrument_version,
        )
        .select_related("assessment__round", "assessment__self_run")
        .order_by("-assessment__round__opens_at")
    ):
        found.setdefault(submission.assessment.company_id, []).append(submission)
    return found


def _list_jumps(
    earlier: Submission | None, assessment: Assessment, submission: Submission, instrument: Instrument
) -> tuple[Jump, ...]:
    if earlier is None:
        return ()
    before, after = earlier.assessment.self_run, assessment.self_run
    return tuple(
        list_jumps(
            instrument.item_order,
            instrument.list_max_stages(),
            _read_stages(earlier),
            _read_stages(submission),
            # Answers of a past round that were loaded from a workbook later were given by its deadline.
            taken_before=timezone.localdate(min(earlier.submitted_at, earlier.assessment.deadline)),
            taken_after=timezone.localdate(submission.submitted_at),
            official_before=before.official_level if before else None,
            official_after=after.official_level if after else None,
        )
    )


def _read_stages(submission: Submission) -> NDArray[np.int8]:
    return np.frombuffer(bytes(submission.vector), dtype=np.int8)
