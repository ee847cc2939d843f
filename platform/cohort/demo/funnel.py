"""Moves the loaded cohort along the funnel: invitations, recommendations, site visits, acceptance.

On a real site people do this one company at a time. Submissions and scores stay what loading made them, with
the time of loading, since they are immutable; a verified submission is a real one, frozen and scored like every
other. Only the dates on which companies came to a stage are spread over the round.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from assessments.actions.answers import save_answer
from assessments.actions.submissions import create_submission
from assessments.models import Answer, Assessment, Round, Submission
from assessments.models.stage import Stage
from assessments.tasks.scoring import request_bulk_scoring
from cohort.demo import plan
from cohort.demo.workbook import SEED, DemoCohort
from instrument import AnswerState, Instrument, ItemAnswer
from jobs.models import Job

# How many answers the manager of the managed company has given in T1.
HALF = 31
_VERIFIERS_REASON = "现场核验：证据不足（示例）"
_LOWERED_SHARE = 0.35
_SCORING_SECONDS = (5, 90)
# Between one stage and the next at least, so that scoring lies between submission and recommendation.
_LEAST_GAP = timedelta(hours=1)
# The steps that people take one after the other; scoring follows a submission by itself.
_STEPS = (Stage.SUBMITTED, Stage.RECOMMENDED, Stage.VERIFIED, Stage.ACCEPTED)
_DATES = (
    "invited_at", "started_at", "last_answer_at", "submitted_at", "scored_at", "recommended_at", "verified_at",
    "accepted_at",
)  # fmt: skip


@transaction.atomic
def verify(*, cohort: DemoCohort, round_: Round, by: User) -> Job | None:
    """Create a verified submission for each company visited, and have them scored by one job.

    The verifier lowers a scenario or two where a company is not accepted, an AI item where it is.
    """
    rng = np.random.default_rng([SEED, 50])
    verified = []
    for row, assessment in _list_assessments(cohort, round_):
        stage = cohort.plan.stages_t1[row]
        if stage not in (Stage.VERIFIED, Stage.ACCEPTED):
            continue
        own = Submission.objects.filter_counting().get(assessment=assessment, kind=Submission.Kind.SELF)
        answers = own.read_answers()
        if stage is Stage.VERIFIED or rng.random() < _LOWERED_SHARE:
            part = "scenario" if stage is Stage.VERIFIED else "ai"
            codes = [item.code for item in cohort.instrument.items if item.part == part]
            for code in rng.choice(codes, 2, replace=False).tolist():
                answers[code] = _lower_answer(cohort.instrument, code, answers[code])
        verified.append(
            create_submission(
                assessment=assessment,
                answers=answers,
                kind=Submission.Kind.VERIFIED,
                origin=Submission.Origin.SITE,
                by=by,
                have_scored=False,
            )
        )
    return request_bulk_scoring(verified, by=by)


@transaction.atomic
def set_stages(*, cohort: DemoCohort, rounds: dict[str, Round]) -> None:
    """Note when each company was invited and how far it has come since, and close the baseline round."""
    rng = np.random.default_rng([SEED, 60])
    now = timezone.now()
    changed = []
    for code, round_ in rounds.items():
        for row, assessment in _list_assessments(cohort, round_):
            stage = cohort.plan.stages_t1[row] if code == "T1" else Stage.SUBMITTED
            _set_times(assessment, stage, now, rng)
            changed.append(assessment)
    Assessment.objects.bulk_update(changed, _DATES, batch_size=200)
    Round.objects.filter(pk=rounds["T0"].pk).update(frozen_at=now)


def _set_times(assessment: Assessment, stage: Stage, now: datetime, rng: np.random.Generator) -> None:
    """Spread the stages that were reached over the round, in their order and all in the past."""
    order = list(Stage)
    reached = order.index(stage)
    opened = assessment.round.opens_at
    if reached < order.index(Stage.INVITED):
        return
    assessment.invited_at = opened + timedelta(days=float(rng.uniform(0, 8)))
    if reached < order.index(Stage.STARTED):
        return
    assessment.started_at = assessment.invited_at + timedelta(days=float(rng.uniform(0.2, 12)))
    if stage is Stage.STARTED:
        assessment.last_answer_at = assessment.started_at + timedelta(days=float(rng.uniform(0, 30)))
        return
    steps = [step for step in _STEPS if order.index(step) <= reached]
    # One gap before each step, and one from the last of them to the end.
    gaps = rng.dirichlet(np.full(len(steps) + 1, 2.0))
    shared = min(now, assessment.round.deadline) - assessment.started_at - len(gaps) * _LEAST_GAP
    moment = assessment.started_at
    for step, gap in zip(steps, gaps, strict=False):
        moment += _LEAST_GAP + float(gap) * shared
        setattr(assessment, f"{step.value}_at", moment)
    assessment.last_answer_at = assessment.submitted_at
    if assessment.scored_at is not None and assessment.submitted_at is not None:
        seconds = float(rng.uniform(*_SCORING_SECONDS))
        assessment.scored_at = assessment.submitted_at + timedelta(seconds=seconds)


def answer_half(*, cohort: DemoCohort, assessment: Assessment, by: User) -> None:
    """Let the manager answer the first half of the questionnaire, one question at a time as on the pages."""
    if Answer.objects.filter(assessment=assessment).exists():
        return
    answers = cohort.build_answers(plan.MANAGED, "T1")
    order = [code for dimension in cohort.instrument.dimensions for code in dimension.items]
    for code in order[:HALF]:
        save_answer(assessment=assessment, item=code, answer=answers[code], revision=0, by=by)


def _list_assessments(cohort: DemoCohort, round_: Round) -> list[tuple[int, Assessment]]:
    """List the assessments of a round with the number of their company in the cohort."""
    numbers = {company.credit_code: row for row, company in enumerate(cohort.companies)}
    found = round_.assessments.select_related("company", "round__programme")
    return sorted(
        ((numbers[assessment.company.credit_code], assessment) for assessment in found if
         assessment.company.credit_code in numbers),
        key=lambda pair: pair[0],
    )  # fmt: skip


def _lower_answer(instrument: Instrument, code: str, answer: ItemAnswer) -> ItemAnswer:
    """Return the answer one level lower, with the verifier's reason; what is at the bottom stays."""
    if answer.state is not AnswerState.ANSWERED or answer.value is None:
        return answer
    stage = instrument.get_item(code).get_stage(answer.value)
    if stage == 0:
        return answer
    return replace(
        answer, value=instrument.get_item(code).get_value_for_stage(stage - 1), comment=_VERIFIERS_REASON
    )
