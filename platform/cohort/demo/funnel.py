"""Moves the loaded cohort along the funnel: invitations, recommendations, site visits, acceptance.

On a real site people do this one company at a time. Submissions and scores stay what loading made them; a
verified submission is a real one, frozen and scored like every other.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from assessments.actions.answers import save
from assessments.actions.submissions import freeze
from assessments.models import Answer, Assessment, Round, Submission
from assessments.models.assessment import Stage
from assessments.tasks import request_scoring_of_many
from cohort.demo import plan
from cohort.demo.workbook import SEED, DemoCohort
from instrument import AnswerState, Instrument, ItemAnswer
from jobs.models import Job

# How many answers the manager of the managed company has given in T1.
HALF = 31
_VERIFIERS_REASON = "现场核验：证据不足（示例）"
_LOWERED_SHARE = 0.35


@transaction.atomic
def verify(*, cohort: DemoCohort, round_: Round, by: User) -> Job | None:
    """Freeze a verified submission for each company that has been visited, and have them scored by one job.

    The verifier lowers a scenario or two where a company is not accepted, an AI item where it is.
    """
    rng = np.random.default_rng([SEED, 50])
    verified = []
    for row, assessment in _assessments(cohort, round_):
        stage = cohort.plan.stages_t1[row]
        if stage not in (Stage.VERIFIED, Stage.ACCEPTED):
            continue
        own = assessment.submissions.get(kind=Submission.Kind.SELF, superseded_by__isnull=True)
        answers = own.answers()
        if stage is Stage.VERIFIED or rng.random() < _LOWERED_SHARE:
            part = "scenario" if stage is Stage.VERIFIED else "ai"
            codes = [item.code for item in cohort.instrument.items if item.part == part]
            for code in rng.choice(codes, 2, replace=False).tolist():
                answers[code] = _lowered(cohort.instrument, code, answers[code])
        verified.append(
            freeze(
                assessment=assessment,
                answers=answers,
                kind=Submission.Kind.VERIFIED,
                origin=Submission.Origin.SITE,
                by=by,
                have_scored=False,
            )
        )
    return request_scoring_of_many(verified, by=by)


@transaction.atomic
def set_stages(*, cohort: DemoCohort, rounds: dict[str, Round]) -> None:
    """Note when each company was invited and how far it has come since, and close the baseline round."""
    rng = np.random.default_rng([SEED, 60])
    now = timezone.now()
    changed = []
    for code, round_ in rounds.items():
        for row, assessment in _assessments(cohort, round_):
            stage = cohort.plan.stages_t1[row] if code == "T1" else Stage.SUBMITTED
            _set_times(assessment, stage, rng)
            changed.append(assessment)
    fields = ["invited_at", "started_at", "last_answer_at", "recommended_at", "verified_at", "accepted_at"]
    Assessment.objects.bulk_update(changed, fields, batch_size=200)
    Round.objects.filter(pk=rounds["T0"].pk).update(frozen_at=now)


def _set_times(assessment: Assessment, stage: Stage, rng: np.random.Generator) -> None:
    """Invitations lie weeks back; what follows the submission follows at once, as that was loaded today."""
    reached = list(Stage).index(stage)
    opened = assessment.round.opens_at
    if reached >= list(Stage).index(Stage.INVITED):
        assessment.invited_at = opened + timedelta(days=float(rng.uniform(0, 8)))
    if reached >= list(Stage).index(Stage.STARTED) and assessment.invited_at is not None:
        assessment.started_at = assessment.invited_at + timedelta(days=float(rng.uniform(0.2, 12)))
        if stage is Stage.STARTED:
            assessment.last_answer_at = assessment.started_at + timedelta(days=float(rng.uniform(0, 30)))
    moment = timezone.now()
    for minutes, later in enumerate((Stage.RECOMMENDED, Stage.VERIFIED, Stage.ACCEPTED), start=1):
        if reached >= list(Stage).index(later):
            setattr(assessment, f"{later.value}_at", moment + timedelta(seconds=minutes))


def answer_half(*, cohort: DemoCohort, assessment: Assessment, by: User) -> None:
    """Let the manager answer the first half of the questionnaire, one question at a time as on the pages."""
    if Answer.objects.filter(assessment=assessment).exists():
        return
    answers = cohort.answers(plan.MANAGED, "T1")
    order = [code for dimension in cohort.instrument.dimensions for code in dimension.items]
    for code in order[:HALF]:
        save(assessment=assessment, item=code, answer=answers[code], revision=0, by=by)


def _assessments(cohort: DemoCohort, round_: Round) -> list[tuple[int, Assessment]]:
    """The assessments of a round with the number of their company in the cohort."""
    numbers = {company.credit_code: row for row, company in enumerate(cohort.companies)}
    found = round_.assessments.select_related("company", "round__programme")
    return sorted(
        ((numbers[assessment.company.credit_code], assessment) for assessment in found if
         assessment.company.credit_code in numbers),
        key=lambda pair: pair[0],
    )  # fmt: skip


def _lowered(instrument: Instrument, code: str, answer: ItemAnswer) -> ItemAnswer:
    """The answer one level lower, with the verifier's reason; what is at the bottom stays."""
    if answer.state is not AnswerState.ANSWERED or answer.value is None:
        return answer
    stage = instrument.item(code).stage(answer.value)
    if stage == 0:
        return answer
    return replace(answer, value=instrument.item(code).value_for_stage(stage - 1), comment=_VERIFIERS_REASON)
