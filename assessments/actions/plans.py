"""Saving and changing the plan of a company."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from accounts.roles import Verb
from assessments.models import Assessment, Plan, PlanStep, ScoreRun
from assessments.way_up import WhatIf
from audit.record import record
from companies.permissions import require, verbs_in_company


class NothingToPlan(Exception):
    """No step is switched on."""


@dataclass(frozen=True)
class Duty:
    """Who does a step, by when, and since when it is done."""

    owner: str = ""
    due_on: date | None = None
    done_on: date | None = None


@transaction.atomic
def save_plan(*, assessment: Assessment, run: ScoreRun, way: WhatIf, by: User) -> Plan:
    """Make the steps that are on, worked out from `run`, the company's plan.

    The plan before is kept; who does what goes over from it.
    """
    require(verbs_in_company(by, assessment.company), Verb.PLAN)
    if not way.on:
        raise NothingToPlan
    # Two people saving at once must not both become the current plan.
    Assessment.objects.select_for_update().get(pk=assessment.pk)
    earlier = Plan.objects.filter(assessment=assessment, is_current=True).first()
    duties = {step.item: step for step in earlier.steps.all()} if earlier else {}
    Plan.objects.filter(assessment=assessment, is_current=True).update(is_current=False)
    last = Plan.objects.filter(assessment=assessment).aggregate(last=Max("number"))["last"] or 0
    plan = Plan.objects.create(
        assessment=assessment,
        run=run,
        number=last + 1,
        goal=way.target.goal,
        target=way.target.number,
        level_after=way.after.level,
        readiness_after=way.after.readiness,
        reaches_target=way.reached,
        months=way.months,
        made_by=by,
    )
    PlanStep.objects.bulk_create(
        PlanStep(
            plan=plan,
            position=position,
            item=step.item,
            from_stage=step.from_stage,
            to_stage=step.to_stage,
            cost_low=step.low,
            cost_high=step.high,
            months=step.months,
            gain=round(100 * step.gain),
            after=list(step.after),
            owner=duties[step.item].owner if step.item in duties else "",
            due_on=duties[step.item].due_on if step.item in duties else None,
            done_on=duties[step.item].done_on if step.item in duties else None,
        )
        for position, step in enumerate(way.on, start=1)
    )
    record(
        "plan.saved",
        plan,
        by=by,
        company_id=assessment.company_id,
        programme_id=assessment.round.programme_id,
        number=plan.number,
        steps=len(way.on),
    )
    return plan


@transaction.atomic
def assign_steps(*, plan: Plan, duties: Mapping[str, Duty], by: User) -> int:
    """Say who does which step by when; the number of steps that changed."""
    assessment = plan.assessment
    require(verbs_in_company(by, assessment.company), Verb.PLAN)
    changed = []
    for step in plan.steps.select_for_update():
        duty = duties.get(step.item)
        if duty is None or duty == Duty(step.owner, step.due_on, step.done_on):
            continue
        step.owner, step.due_on, step.done_on = duty.owner, duty.due_on, duty.done_on
        changed.append(step)
    if changed:
        PlanStep.objects.bulk_update(changed, ["owner", "due_on", "done_on"])
        plan.save(update_fields=["changed_at"])
        record(
            "plan.changed",
            plan,
            by=by,
            company_id=assessment.company_id,
            programme_id=assessment.round.programme_id,
            items=[step.item for step in changed],
        )
    return len(changed)
