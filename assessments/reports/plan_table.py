"""A plan as tables and sentences, for page, paper and workbook."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from assessments.answering.progress import PlanProgress, StepProgress
from assessments.models import Plan
from assessments.reports.tables import ReportTable
from assessments.results.stage_labels import format_stage_change, format_stage_mark, format_stage_name
from benchmarks.models.facility import Tier
from companies.level_labels import format_level_in_sentence
from documents.numbers import format_points, format_signed_points, format_yuan


def format_plan_target(plan: Plan) -> str:
    """Return what a plan aims at."""
    if plan.goal == Plan.Goal.LEVEL:
        return _("official %(level)s") % {"level": format_level_in_sentence(plan.target)}
    return _("tier “%(name)s”") % {"name": Tier(plan.target).label}


def format_plan_totals(progress: PlanProgress) -> str:
    """Return aim, cost, time and progress in a sentence."""
    plan = progress.plan
    months = ngettext("%(months)d month", "%(months)d months", plan.months) % {"months": plan.months}
    return _(
        "Aim: %(target)s. Cost: %(low)s to %(high)s. Time: %(months)s. Done: %(done)d of %(total)d steps."
    ) % {
        "target": format_plan_target(plan),
        "low": format_yuan(progress.cost_low * 1000),
        "high": format_yuan(progress.cost_high * 1000),
        "months": months,
        "done": progress.done,
        "total": len(progress.steps),
    }


def format_step_state(row: StepProgress) -> str:
    """Return how far a step is."""
    if row.is_reached:
        return _("Reached")
    if row.step.done_on is not None:
        return _("Done on %(date)s") % {"date": date_format(row.step.done_on, "DATE_FORMAT")}
    if row.stage_since is not None:
        return _("Not yet reached")
    return _("Open")


def format_step_outcome(row: StepProgress, progress: PlanProgress) -> str:
    """Return the outcome of a step in a later round; empty where there is none to compare with."""
    if progress.since is None or row.stage_since is None:
        return ""
    reached = _("%(round)s: %(reached)s, planned %(planned)s") % {
        "round": progress.since.round.code,
        "reached": format_stage_name(row.item, row.stage_since),
        "planned": format_stage_name(row.item, row.step.to_stage),
    }
    if row.came is None:
        return reached
    gained = _("%(came)s of %(gain)s points") % {
        "came": format_signed_points(row.came),
        "gain": format_signed_points(row.step.gain),
    }
    return f"{reached} · {gained}"


def build_standing_table(progress: PlanProgress) -> ReportTable:
    """Build level and score when the plan was made, as expected with all steps, and in the later round."""
    plan = progress.plan
    columns = [
        (
            _("When planned (%(round)s)") % {"round": plan.assessment.round.code},
            plan.level_before,
            plan.readiness_before,
        ),
        (_("Expected with all steps"), plan.level_after, plan.readiness_after),
    ]
    since = progress.since
    if since is not None and since.run is not None:
        name = _("%(round)s, verified") if since.is_verified else _("%(round)s, provisional")
        columns.append(
            (
                name % {"round": since.round.code},
                since.run.official_level,
                since.run.readiness_guarded,
            )
        )
    heads, levels, scores = zip(*columns, strict=True)
    return ReportTable(
        ["", *heads],
        [
            [_("Official level"), *map(str, levels)],
            [_("Readiness score"), *map(format_points, scores)],
        ],
    )


def list_standing_notes(progress: PlanProgress) -> list[str]:
    """Return how the scores of `build_standing_table` are read."""
    notes = [
        _(
            "Scores here count each “don’t know” as the lowest option, so they may be below that of the result."
        )
    ]
    if progress.since is not None and not progress.is_same_release:
        notes.append(
            _("%(round)s was scored by another model version, which changes the score too.")
            % {"round": progress.since.round.code}
        )
    return notes


def format_outcome_title(progress: PlanProgress) -> str:
    """Return the title over `build_outcome_table`."""
    return _("Outcome of the plan of %(round)s") % {"round": progress.plan.assessment.round.code}


def build_outcome_table(progress: PlanProgress) -> ReportTable | None:
    """Build the outcome of each step in the later round; None while there is none to compare with."""
    compared = [row for row in progress.steps if row.stage_since is not None]
    if progress.since is None or not compared:
        return None
    rows = [
        [
            f"{row.step.item} {row.title}",
            format_stage_mark(row.item, row.step.from_stage),
            format_stage_mark(row.item, row.step.to_stage),
            format_stage_mark(row.item, row.stage_since if row.stage_since is not None else -1),
            format_signed_points(row.step.gain),
            format_signed_points(row.came) if row.came is not None else "–",
            format_step_state(row),
        ]
        for row in compared
    ]
    return ReportTable(
        [
            _("Step"),
            _("Before"),
            _("Planned"),
            progress.since.round.code,
            _("Points planned"),
            _("Points gained"),
            _("State"),
        ],
        rows,
    )


def build_plan_table(progress: PlanProgress, *, in_numbers: bool = False) -> ReportTable:
    """Build the steps in an order in which they can be taken; `in_numbers` for a sheet that adds up."""
    heads = [_("Cost from, yuan"), _("Cost to, yuan")] if in_numbers else [pgettext("of a plan", "Cost")]
    rows = []
    for row in progress.steps:
        step = row.step
        low, high = step.cost_low * 1000, step.cost_high * 1000
        rows.append(
            [
                f"{step.item} {row.title}",
                format_stage_change(row.item, step.from_stage, step.to_stage),
                format_signed_points(step.gain),
                *([str(low), str(high)] if in_numbers else [f"{format_yuan(low)}–{format_yuan(high)}"]),
                str(step.months),
                step.owner or "–",
                _format_day(step.due_on, in_numbers=in_numbers),
                format_step_state(row),
            ]
        )
    return ReportTable(
        [
            _("Step"),
            _("Answer"),
            _("Points"),
            *heads,
            _("Months"),
            _("Who"),
            _("By when"),
            _("State"),
        ],
        rows,
    )


def _format_day(day: date | None, *, in_numbers: bool) -> str:
    if day is None:
        return "–"
    return day.isoformat() if in_numbers else date_format(day, "DATE_FORMAT")


def build_plan_part(progress: PlanProgress) -> dict[str, Any]:
    """Build what the templates of documents set of a plan."""
    outcome = build_outcome_table(progress)
    return {
        "totals": format_plan_totals(progress),
        "standing": asdict(build_standing_table(progress)),
        "standing_notes": list_standing_notes(progress),
        "steps": asdict(build_plan_table(progress)),
        "note": _(
            "Costs are typical figures for a company of this size. An estimate, not a promise: neither of the effect "
            "nor of recognition."
        ),
        "outcome_title": format_outcome_title(progress),
        "outcome": asdict(outcome) if outcome else None,
    }
