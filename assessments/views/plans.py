"""The plan of a company: saved from the way up, then who does what by when, and how far it is."""

from __future__ import annotations

import uuid
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import Permission
from assessments.actions import plans
from assessments.actions.plans import Collision, Duty, DutyChange, NothingToPlan
from assessments.answering import queries
from assessments.answering.progress import find_current_plan, get_plan_progress, list_plans_so_far
from assessments.models import Assessment, Plan, PlanStep
from assessments.plans import PlanQuestion, build_subject, build_what_if
from assessments.reports.plan_table import (
    build_standing_table,
    format_plan_target,
    format_step_outcome,
    format_step_state,
    list_standing_notes,
)
from assessments.reports.workbook import render_plan_workbook
from assessments.results.stage_labels import format_stage_label
from assessments.views.access import build_page_context, get_assessment, get_signed_in_user
from assessments.views.reports import build_file_response
from companies.permissions import require
from documents.workbook_writer import MIME_TYPE

LONGEST_OWNER = PlanStep._meta.get_field("owner").max_length or 60


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_plan(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the plan that counts with its progress; people who may plan say who does what by when."""
    assessment, verbs = get_assessment(request, pk)
    so_far = list_plans_so_far(assessment)
    current = so_far[0] if so_far else None
    if request.method == "POST":
        require(verbs, Permission.PLAN)
        if current is None:
            raise Http404
        changes, problems = read_step_changes(request.POST, current)
        if not problems:
            collisions = plans.assign_steps(plan=current, changes=changes, by=get_signed_in_user(request))
            messages.success(request, _("The plan is saved."))
            for collision in collisions:
                messages.warning(request, format_collision(collision))
            return HttpResponseRedirect(reverse("assessments:plan", args=[pk]))
        for problem in problems:
            messages.error(request, problem)
    context = build_page_context(assessment, verbs, "result") | {
        "plan": current,
        "replaced": Plan.objects.filter(assessment=current.assessment, is_current=False) if current else [],
        "of_earlier_rounds": so_far[1:],
        "has_result": assessment.self_run_id is not None,
    }
    if current is not None:
        progress = get_plan_progress(current, get_language() or "en")
        context |= {
            "progress": progress,
            "target": format_plan_target(current),
            "standing": build_standing_table(progress),
            "standing_notes": list_standing_notes(progress),
            "rows": [
                (
                    row,
                    format_stage_label(row.item, row.step.to_stage),
                    format_step_state(row),
                    format_step_outcome(row, progress),
                )
                for row in progress.steps
            ],
        }
    return render(request, "assessments/plan.html", context)


def read_step_changes(form: QueryDict, current: Plan) -> tuple[dict[str, DutyChange], list[str]]:
    """Return what the form wants of each step and showed, and what is wrong. A step not named is left alone."""
    changes, problems = {}, []
    for step in current.steps.all():
        if f"owner-{step.item}" not in form:
            continue
        stored = Duty.from_step(step)
        wanted = _read_duty(form, step.item)
        for name, day in (("due", wanted.due_on), ("done", wanted.done_on)):
            text = form.get(f"{name}-{step.item}", "").strip()
            if text and day is None:
                problems.append(
                    _("%(item)s: “%(text)s” is no date. Write it like 2026-11-30.")
                    % {"item": step.item, "text": text}
                )
        seen = _read_duty(form, step.item, "seen-") if f"seen-owner-{step.item}" in form else stored
        changes[step.item] = DutyChange(seen, wanted)
    return changes, problems


def _read_duty(form: QueryDict, item: str, before: str = "") -> Duty:
    owner, due, done = (form.get(f"{before}{name}-{item}", "").strip() for name in ("owner", "due", "done"))
    return Duty(owner[:LONGEST_OWNER], _parse_day(due), _parse_day(done))


def format_collision(collision: Collision) -> str:
    """Name both entries of two people, of whom the first is kept."""
    names = {"owner": _("Who does it"), "due_on": _("By when"), "done_on": _("Done on")}
    return _(
        "%(item)s, “%(part)s”: somebody has entered “%(stored)s” meanwhile, which is kept. You entered “%(wanted)s”; "
        "enter it again if it is to count."
    ) % {
        "item": collision.item,
        "part": names[collision.part],
        "stored": collision.stored or "–",
        "wanted": collision.wanted or "–",
    }


def _parse_day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except ValueError:  # such as 30 February
        return None


@login_required
@require_POST
def adopt_plan(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Make the steps that are switched on in the way up the company's plan."""
    assessment, verbs = get_assessment(request, pk)
    require(verbs, Permission.PLAN)
    run = queries.find_counting_run(assessment)
    if run is None:
        raise Http404
    subject = build_subject(run, assessment.company, assessment.round.programme)
    way = build_what_if(subject, PlanQuestion.from_form(subject, request.POST))
    try:
        if way is None:
            raise NothingToPlan
        plans.save_plan(assessment=assessment, run=run, way=way, by=get_signed_in_user(request))
    except NothingToPlan:
        messages.error(request, _("No step is chosen, so there is nothing to save."))
        return HttpResponseRedirect(reverse("assessments:way_up", args=[pk]))
    messages.success(request, _("This is your plan now. Say who does what, and by when."))
    return HttpResponseRedirect(reverse("assessments:plan", args=[pk]))


@login_required
@require_safe
def download_plan_workbook(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Send the plan as a workbook."""
    assessment, _verbs = get_assessment(request, pk)
    current = find_current_plan(assessment)
    if current is None:
        raise Http404
    content = render_plan_workbook(
        get_plan_progress(current, get_language() or "en"),
        is_synthetic=is_based_on_generated_data(assessment),
    )
    return build_file_response(
        content, MIME_TYPE, f"{assessment.company.name}_{assessment.round.code}_{_('Plan')}.xlsx"
    )


def is_based_on_generated_data(assessment: Assessment) -> bool:
    """Return whether the model behind the plan was fitted to generated facilities."""
    run = queries.find_counting_run(assessment)
    return run is not None and run.release.is_synthetic
