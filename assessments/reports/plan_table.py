"""A plan as a table, for paper and workbook."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from assessments.models import Plan
from assessments.progress import PlanProgress, StepProgress
from assessments.reports.tables import Table
from benchmarks.models.facility import Tier
from documents.numbers import yuan


def target_words(plan: Plan) -> str:
    """What a plan aims at."""
    if plan.goal == Plan.Goal.LEVEL:
        return _("official level %(number)d") % {"number": plan.target}
    return _("tier “%(name)s”") % {"name": Tier(plan.target).label}


def plan_totals(progress: PlanProgress) -> str:
    """Aim, cost, time and progress in a sentence."""
    plan = progress.plan
    months = ngettext("%(months)d month", "%(months)d months", plan.months) % {"months": plan.months}
    return _(
        "Aim: %(target)s. Cost: %(low)s to %(high)s. Time: %(months)s. Done: %(done)d of %(total)d steps."
    ) % {
        "target": target_words(plan),
        "low": yuan(progress.cost_low * 1000),
        "high": yuan(progress.cost_high * 1000),
        "months": months,
        "done": progress.done,
        "total": len(progress.steps),
    }


def state_words(row: StepProgress) -> str:
    """How far a step is."""
    if row.is_reached:
        return _("Reached")
    if row.step.done_on is not None:
        return _("Done on %(date)s") % {"date": date_format(row.step.done_on, "DATE_FORMAT")}
    if row.stage_since is not None:
        return _("Not yet reached")
    return _("Open")


def stages_words(row: StepProgress) -> str:
    """From which stage to which; a question that was not answered has none."""
    start = "?" if row.step.from_stage < 0 else str(row.step.from_stage)
    return f"{start} → {row.step.to_stage}"


def plan_table(progress: PlanProgress, language: str) -> Table:
    """The steps in the order in which they can be taken."""
    rows = []
    for row in progress.steps:
        step = row.step
        rows.append(
            [
                f"{step.item} {row.title}",
                stages_words(row),
                f"{yuan(step.cost_low * 1000)}–{yuan(step.cost_high * 1000)}",
                str(step.months),
                step.owner or "–",
                date_format(step.due_on, "DATE_FORMAT") if step.due_on else "–",
                state_words(row),
            ]
        )
    return Table(
        [
            _("Step"),
            _("Stage"),
            pgettext("of a plan", "Cost"),
            _("Months"),
            _("Who"),
            _("By when"),
            _("State"),
        ],
        rows,
    )
