"""How far a plan is: what was planned against what the answers of a later round came to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assessments.models import Assessment, Plan, PlanStep, ScoreRun
from benchmarks.ml.encode import NOT_APPLICABLE
from instrument import Instrument, Item, load_instrument


@dataclass(frozen=True)
class StepProgress:
    """A step with its item, and the stage in the latest round that has a result (None: none since)."""

    step: PlanStep
    item: Item
    title: str
    stage_since: int | None

    @property
    def is_reached(self) -> bool:
        """Whether a later submission has the planned stage."""
        return self.stage_since is not None and self.stage_since >= self.step.to_stage

    @property
    def is_done(self) -> bool:
        """Said to be done, or shown by a later submission."""
        return self.is_reached or self.step.done_on is not None

    @property
    def came(self) -> int | None:
        """What of the planned gain has come, in hundredths of a point; None where nothing can be compared.

        A question's points rise by the same amount with each stage, so the part of the way is the part of the gain.
        """
        if self.stage_since is None or self.stage_since == NOT_APPLICABLE:
            return None
        start = max(self.step.from_stage, 0)
        return round(self.step.gain * (max(self.stage_since, 0) - start) / (self.step.to_stage - start))


@dataclass(frozen=True)
class PlanProgress:
    """A plan with its steps; `since` is the later round that they are compared with, if there is one."""

    plan: Plan
    steps: tuple[StepProgress, ...]
    since: Assessment | None

    @property
    def done(self) -> int:
        """Steps that are done."""
        return sum(step.is_done for step in self.steps)

    @property
    def cost_low(self) -> int:
        """Lower ends of all steps, in thousand yuan."""
        return sum(step.step.cost_low for step in self.steps)

    @property
    def cost_high(self) -> int:
        """Upper ends of all steps, in thousand yuan."""
        return sum(step.step.cost_high for step in self.steps)

    @property
    def is_same_release(self) -> bool:
        """Whether the later round is read by the release of the model that the plan was made with."""
        run = self.since.run if self.since else None
        return run is not None and run.release_id == self.plan.run.release_id


def find_current_plan(assessment: Assessment) -> Plan | None:
    """Return the plan that counts for a company: of this round, or the latest of those before; one query."""
    return next(iter(list_plans_so_far(assessment)), None)


def list_plans_so_far(assessment: Assessment) -> list[Plan]:
    """List the last plan of this round and of each before that has one, latest round first; one query."""
    return list(
        Plan.objects.filter(
            is_current=True,
            assessment__company=assessment.company_id,
            assessment__round__programme=assessment.round.programme_id,
            assessment__round__code__lte=assessment.round.code,
        )
        .select_related("assessment__round", "assessment__company", "made_by", "run")
        .order_by("-assessment__round__code")
    )


def get_plan_progress(plan: Plan, language: str) -> PlanProgress:
    """Return the plan with its progress; two queries."""
    made_in = plan.assessment
    instrument = load_instrument(made_in.round.instrument_version)
    later = (
        Assessment.objects.filter(
            company=made_in.company_id,
            round__programme=made_in.round.programme_id,
            round__code__gt=made_in.round.code,
            self_run__isnull=False,
        )
        .select_related("round", "self_run__submission", "verified_run__submission")
        .order_by("-round__code")
        .first()
    )
    stages = _get_stages(instrument, later.run) if later else {}
    steps = [
        StepProgress(
            step,
            instrument.get_item(step.item),
            instrument.step_titles[step.item].translate(language),
            stages.get(step.item),
        )
        for step in plan.steps.all()
    ]
    return PlanProgress(plan, tuple(steps), later)


def _get_stages(instrument: Instrument, run: ScoreRun | None) -> dict[str, int]:
    """Return by item the stage of the submission that counts; none where another questionnaire was answered."""
    if run is None or run.submission.instrument_version != instrument.version:
        return {}
    vector = np.frombuffer(bytes(run.submission.vector), dtype=np.int8)
    return dict(zip(instrument.item_order, vector.tolist(), strict=True))
