"""The answer to a question: the plan, which of its steps are on, and where they lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assessments.plans.question import PlanQuestion
from assessments.plans.subject import PlanStanding, Subject
from benchmarks.ml.catalogue import Prerequisite
from benchmarks.ml.official_rule import OfficialGate
from benchmarks.ml.plan import Plan, Target, UpgradeStep


@dataclass(frozen=True)
class WhatIf:
    """A plan under the user's switches; `full_cost` is what the target costs without a limit on the budget.

    Costs are thousand yuan. `broken` lists what steps that are on ask for while it is switched off.
    """

    target: Target
    plan: Plan
    full_cost: int
    on: tuple[UpgradeStep, ...]
    before: PlanStanding
    after: PlanStanding
    gate: OfficialGate | None
    broken: tuple[Prerequisite, ...]

    @property
    def cost_low(self) -> int:
        """Lower ends of the ranges of the steps that are on."""
        return sum(step.low for step in self.on)

    @property
    def cost_high(self) -> int:
        """Upper ends of the ranges of the steps that are on."""
        return sum(step.high for step in self.on)

    @property
    def months(self) -> int:
        """Typical duration of the steps that are on: side by side, except that needed ones come first."""
        return compute_months(self.on)

    @property
    def reached(self) -> bool:
        """Whether the steps that are on reach the target."""
        if self.target.goal == "level":
            return self.after.level >= self.target.number
        return self.after.exceed[self.target.number - 1] >= 5_000


def build_what_if(subject: Subject, question: PlanQuestion) -> WhatIf | None:
    """Build the plan for a question; None where nothing is left to reach. Two plans where a budget binds."""
    target = question.target
    if target is None:
        return None
    plan = subject.plan(target, exclude=question.exclude, with_outcomes=question.with_outcomes)
    full_cost = plan.cost
    if question.budget is not None and question.budget < full_cost:
        plan = subject.plan(
            target, exclude=question.exclude, with_outcomes=question.with_outcomes, budget=question.budget
        )
    on = tuple(step for step in plan.steps if step.item not in question.off)
    gate = subject.rule.get_gate(target.number) if target.goal == "level" else None
    gate_level = gate.level if gate else 1
    return WhatIf(
        target=target,
        plan=plan,
        full_cost=full_cost,
        on=on,
        before=subject.compute_standing(subject.stages, gate_level),
        after=subject.compute_standing(subject.raise_stages(on), gate_level),
        gate=gate,
        broken=tuple(subject.list_unmet_prerequisites(on)),
    )


def compute_months(steps: Sequence[UpgradeStep]) -> int:
    """Compute the typical duration of steps in an order that keeps prerequisites."""
    finished: dict[str, int] = {}
    for step in steps:
        finished[step.item] = step.months + max((finished.get(item, 0) for item in step.after), default=0)
    return max(finished.values(), default=0)
