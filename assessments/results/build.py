"""Building a result from a score run, its submission and its release."""

from __future__ import annotations

from collections.abc import Sequence

from assessments.answering import queries
from assessments.models import Assessment, ScoreRun
from assessments.results import explanation, history, reference
from assessments.results.explanation import Explanation
from assessments.results.reference import TIERS, SectorReference
from assessments.results.result import (
    AssessmentResult,
    DimensionReading,
    HistoryPoint,
    OfficialReading,
    Readiness,
    ResultUplift,
    Solidity,
    TierBand,
    TierReading,
)
from assessments.scoring.compute import compute_tier_ceiling
from benchmarks.models import Release
from documents.numbers import compute_change
from instrument import AnswerState, Instrument, ItemAnswer, load_instrument, official

HIGHEST_LEVEL = 4


def build_result(assessment: Assessment) -> AssessmentResult | None:
    """Build the result that counts (verified where there is one), or None before it is scored.

    One query for the run with its submission and release, up to three more for all rounds, however many, one for
    each change between rounds and one more for all, and one for the rows of a release that this process has not yet
    compared with.
    """
    run = queries.find_counting_run(assessment)
    if run is None:
        return None
    submission, release = run.submission, run.release
    instrument = load_instrument(submission.instrument_version)
    answers = submission.read_answers()
    rounds = queries.list_rounds_with_runs(assessment)
    before = rounds[-2] if len(rounds) > 1 else None
    compared = reference.read_sector_reference(release, assessment.company.sector.code)
    is_verified = run.pk == assessment.verified_run_id
    explained = explanation.explain_run(run, assessment.company.sector.code)
    return AssessmentResult(
        assessment_id=assessment.pk,
        company_name=assessment.company.name,
        sector_name=assessment.company.sector.name,
        round_code=assessment.round.code,
        submission_id=submission.pk,
        submission_number=submission.number,
        submission_sha256=submission.sha256,
        submitted_at=submission.submitted_at,
        scored_at=run.created_at,
        instrument_version=submission.instrument_version,
        release_name=release.name,
        release_sha256=release.sha256,
        is_synthetic=release.is_synthetic,
        official=build_official_reading(instrument, answers, assessment, is_verified=is_verified),
        readiness=Readiness(run.readiness, run.readiness_low, run.readiness_high, run.readiness_guarded),
        tier=build_tier_reading(run),
        dimensions=build_dimension_readings(instrument, run, compared, before, explained),
        bands=tuple(TierBand(tier, *band) for tier, band in sorted(compared.bands.items())),
        typical=compared.tiers,
        typical_sme=compared.sme,
        compares_own_sector=compared.is_own_sector,
        explanation=explained,
        history=tuple(build_history_point(point) for point in rounds),
        changes=tuple(history.list_round_changes(rounds)),
        uplift=build_result_uplift(assessment, before, run),
        solidity=build_solidity(instrument, answers, compared, explained, release),
    )


def build_official_reading(
    instrument: Instrument, answers: dict[str, ItemAnswer], assessment: Assessment, *, is_verified: bool
) -> OfficialReading:
    """Build the official level of these answers with both gates of the level that comes next."""
    graded = official.grade(instrument, answers)
    target = next(gate for gate in graded.gates if gate.level == min(graded.level + 1, HIGHEST_LEVEL))
    return OfficialReading(
        level=graded.level,
        is_verified=is_verified,
        verified_at=assessment.verified_at if is_verified else None,
        base=graded.base,
        gates=graded.gates,
        target=target,
        next=graded.next,
    )


def build_tier_reading(run: ScoreRun) -> TierReading | None:
    """Build the tier and its chances; None where too little was answered to state one."""
    chances = run.tier_probabilities
    if chances is None or run.tier is None:
        return None
    exceed = (run.exceed_1 or 0, run.exceed_2 or 0, run.exceed_3 or 0)
    ceiling = compute_tier_ceiling(run.release.scorecard)
    return TierReading(tier=run.tier, chances=tuple(chances), exceed=exceed, ceiling=ceiling)


def build_dimension_readings(
    instrument: Instrument,
    run: ScoreRun,
    compared: SectorReference,
    before: Assessment | None,
    explained: Explanation,
) -> tuple[DimensionReading, ...]:
    """Build the ten dimensions. Changes are stated only against a run of the same release."""
    earlier = before.run if before is not None else None
    comparable = earlier is not None and earlier.release_id == run.release_id
    readings = []
    for index, (dimension, score) in enumerate(zip(instrument.dimensions, run.dimensions, strict=True)):
        readings.append(
            DimensionReading(
                code=dimension.code,
                name=dimension.name,
                short=dimension.short,
                score=score,
                medians={tier: medians.dimensions[index] for tier, medians in compared.tiers.items()},
                typical_sme=compared.sme.dimensions[index] if compared.sme else None,
                moved=explained.by_dimension[dimension.code],
                change=compute_change(earlier.dimensions[index], score)
                if earlier is not None and comparable
                else None,
            )
        )
    return tuple(readings)


def build_history_point(assessment: Assessment) -> HistoryPoint:
    """Build the point of one earlier (or this) round."""
    run = assessment.run
    assert run is not None  # only rounds with a run are asked for
    return HistoryPoint(
        assessment_id=assessment.pk,
        round_code=assessment.round.code,
        round_label=str(assessment.round.get_code_display()),
        score=run.readiness,
        low=run.readiness_low,
        high=run.readiness_high,
        level=run.official_level,
        is_verified=assessment.is_verified,
        tier=run.tier,
    )


def build_result_uplift(
    assessment: Assessment, before: Assessment | None, run: ScoreRun
) -> ResultUplift | None:
    """Build the change of the score since the round before; None without one under the same release."""
    if before is None or before.self_run is None or assessment.self_run is None:
        return None
    runs: Sequence[ScoreRun | None] = (before.self_run, before.run, assessment.self_run)
    if any(other is not None and other.release_id != run.release_id for other in runs):
        return None
    then = before.run or before.self_run
    return ResultUplift(since=before.round.code, total=compute_change(then.readiness, run.readiness))


def build_solidity(
    instrument: Instrument,
    answers: dict[str, ItemAnswer],
    compared: SectorReference,
    explained: Explanation,
    release: Release,
) -> Solidity:
    """Build what the result rests on."""
    states = [answer.state for answer in answers.values()]
    # Of the own sector what is shown tier by tier; of all sectors the total, which stands beside every score.
    references = (
        sum(place.n or 0 for place in explained.positions if place.tier in TIERS)
        if compared.is_own_sector
        else sum(release.rows_per_tier.get(str(tier), 0) for tier in TIERS)
    )
    return Solidity(
        items=len(instrument.items),
        answered=states.count(AnswerState.ANSWERED),
        dont_know=states.count(AnswerState.DONT_KNOW),
        not_applicable=states.count(AnswerState.NOT_APPLICABLE),
        references=references,
    )
