"""Saving and changing the plan of a company."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from accounts.roles import Permission
from assessments.audit_codes import AssessmentAuditCode
from assessments.models import Assessment, Plan, PlanStep, ScoreRun
from assessments.plans import WhatIf
from audit.record import record
from companies.permissions import permissions_in_company, require
from documents.numbers import round_to_hundredths

# What people say of a step.
PARTS = ("owner", "due_on", "done_on")


class NothingToPlan(Exception):
    """A plan with no step switched on."""


@dataclass(frozen=True)
class Duty:
    """Who does a step, by when, and since when it is done."""

    owner: str = ""
    due_on: date | None = None
    done_on: date | None = None

    @classmethod
    def from_step(cls, step: PlanStep) -> Duty:
        """Build the duty from what is stored of the step."""
        return cls(*(getattr(step, part) for part in PARTS))


@dataclass(frozen=True)
class DutyChange:
    """What somebody saw of a step, and what they want it to be."""

    seen: Duty
    wanted: Duty


@dataclass(frozen=True)
class Collision:
    """A part of a step that somebody else has changed meanwhile: what they stored, and what is wanted instead."""

    item: str
    part: str
    stored: str | date | None
    wanted: str | date | None


@transaction.atomic
def save_plan(*, assessment: Assessment, run: ScoreRun, way: WhatIf, by: User) -> Plan:
    """Make the steps that are on, worked out from `run`, the company's plan.

    The plan before is kept; who does what goes over from it.
    """
    require(permissions_in_company(by, assessment.company), Permission.PLAN)
    if not way.on:
        raise NothingToPlan
    # Two people saving at once must not both become the current plan.
    Assessment.objects.select_for_update().get(pk=assessment.pk)
    earlier = Plan.objects.filter(assessment=assessment, is_current=True).first()
    duties = {step.item: Duty.from_step(step) for step in earlier.steps.all()} if earlier else {}
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
            gain=round_to_hundredths(step.gain),
            after=list(step.after),
            **asdict(duties.get(step.item, Duty())),
        )
        for position, step in enumerate(way.on, start=1)
    )
    record(
        AssessmentAuditCode.PLAN_SAVED,
        plan,
        by=by,
        company_id=assessment.company_id,
        programme_id=assessment.round.programme_id,
        number=plan.number,
        steps=len(way.on),
    )
    return plan


@transaction.atomic
def assign_steps(*, plan: Plan, changes: Mapping[str, DutyChange], by: User) -> list[Collision]:
    """Store who does which step by when; return the parts that somebody else has changed meanwhile.

    Only what differs from what was seen is stored, so that two people can fill in one plan at once.
    """
    assessment = plan.assessment
    require(permissions_in_company(by, assessment.company), Permission.PLAN)
    changed, collisions = [], []
    for step in plan.steps.select_for_update():
        change = changes.get(step.item)
        if change is None:
            continue
        before = Duty.from_step(step)
        for part in PARTS:
            stored, seen, wanted = (getattr(duty, part) for duty in (before, change.seen, change.wanted))
            if wanted in (seen, stored):
                continue
            if stored == seen:
                setattr(step, part, wanted)
            else:
                collisions.append(Collision(step.item, part, stored, wanted))
        if before != Duty.from_step(step):
            changed.append(step)
    if changed:
        PlanStep.objects.bulk_update(changed, PARTS)
        plan.save(update_fields=["changed_at"])
        record(
            AssessmentAuditCode.PLAN_CHANGED,
            plan,
            by=by,
            company_id=assessment.company_id,
            programme_id=assessment.round.programme_id,
            items=[step.item for step in changed],
        )
    return collisions
