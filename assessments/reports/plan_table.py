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
from assessments.reports.tables import Table
from assessments.results.stage_labels import stage_change, stage_mark, stage_name
from benchmarks.models.facility import Tier
from documents.numbers import points, signed_points, yuan


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


def since_words(row: StepProgress, progress: PlanProgress) -> str:
    """What came of a step in a later round; empty where there is none to compare with."""
    if progress.since is None or row.stage_since is None:
        return ""
    reached = _("%(round)s: %(reached)s, planned %(planned)s") % {
        "round": progress.since.round.code,
        "reached": stage_name(row.item, row.stage_since),
        "planned": stage_name(row.item, row.step.to_stage),
    }
    if row.came is None:
        return reached
    gained = _("%(came)s of %(gain)s points") % {
        "came": signed_points(row.came),
        "gain": signed_points(row.step.gain),
    }
    return f"{reached} · {gained}"


def standing_table(progress: PlanProgress) -> Table:
    """Level and score when the plan was made, as expected with all its steps, and in the later round."""
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
    return Table(
        ["", *heads],
        [
            [_("Official level"), *map(str, levels)],
            [_("Readiness score"), *map(points, scores)],
        ],
    )


def standing_notes(progress: PlanProgress) -> list[str]:
    """How the scores of `standing_table` are read."""
    notes = [
        _(
            "Scores here count each “don’t know” as the lowest option, so they may be below that of the result."
        )
    ]
    if progress.since is not None and not progress.is_same_release:
        notes.append(
            _("%(round)s was scored by another release of the model, which moves the score too.")
            % {"round": progress.since.round.code}
        )
    return notes


def outcome_title(progress: PlanProgress) -> str:
    """Over `outcome_table`."""
    return _("What came of the plan of %(round)s") % {"round": progress.plan.assessment.round.code}


def outcome_table(progress: PlanProgress) -> Table | None:
    """What came of each step in the later round; None while there is none to compare with."""
    compared = [row for row in progress.steps if row.stage_since is not None]
    if progress.since is None or not compared:
        return None
    rows = [
        [
            f"{row.step.item} {row.title}",
            stage_mark(row.item, row.step.from_stage),
            stage_mark(row.item, row.step.to_stage),
            stage_mark(row.item, row.stage_since if row.stage_since is not None else -1),
            signed_points(row.step.gain),
            signed_points(row.came) if row.came is not None else "–",
            state_words(row),
        ]
        for row in compared
    ]
    return Table(
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


def plan_table(progress: PlanProgress, *, in_numbers: bool = False) -> Table:
    """The steps in the order in which they can be taken; `in_numbers` for a sheet that adds up and sorts."""
    heads = [_("Cost from, yuan"), _("Cost to, yuan")] if in_numbers else [pgettext("of a plan", "Cost")]
    rows = []
    for row in progress.steps:
        step = row.step
        low, high = step.cost_low * 1000, step.cost_high * 1000
        rows.append(
            [
                f"{step.item} {row.title}",
                stage_change(row.item, step.from_stage, step.to_stage),
                signed_points(step.gain),
                *([str(low), str(high)] if in_numbers else [f"{yuan(low)}–{yuan(high)}"]),
                str(step.months),
                step.owner or "–",
                _day(step.due_on, in_numbers=in_numbers),
                state_words(row),
            ]
        )
    return Table(
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


def _day(day: date | None, *, in_numbers: bool) -> str:
    if day is None:
        return "–"
    return day.isoformat() if in_numbers else date_format(day, "DATE_FORMAT")


def plan_part(progress: PlanProgress) -> dict[str, Any]:
    """What the templates of documents set of a plan."""
    outcome = outcome_table(progress)
    return {
        "totals": plan_totals(progress),
        "standing": asdict(standing_table(progress)),
        "standing_notes": standing_notes(progress),
        "steps": asdict(plan_table(progress)),
        "note": _(
            "Costs are typical figures for a company of this size. An estimate, not a promise: neither of the effect "
            "nor of recognition."
        ),
        "outcome_title": outcome_title(progress),
        "outcome": asdict(outcome) if outcome else None,
    }
