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

from accounts.roles import Verb
from assessments.actions import plans
from assessments.actions.plans import Change, Collision, Duty, NothingToPlan
from assessments.answering import queries
from assessments.answering.progress import current_plan, plans_so_far, progress_of
from assessments.models import Assessment, Plan, PlanStep
from assessments.plans import Question, subject_of, what_if
from assessments.reports.plan_table import (
    since_words,
    standing_notes,
    standing_table,
    state_words,
    target_words,
)
from assessments.reports.workbook import plan_workbook
from assessments.results.stage_labels import stage_label
from assessments.views.access import find, page_context, user_of
from assessments.views.reports import XLSX, file_response
from companies.permissions import require

LONGEST_OWNER = PlanStep._meta.get_field("owner").max_length or 60


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The plan that counts with its progress; people who may plan say who does what by when."""
    assessment, verbs = find(request, pk)
    so_far = plans_so_far(assessment)
    current = so_far[0] if so_far else None
    if request.method == "POST":
        require(verbs, Verb.PLAN)
        if current is None:
            raise Http404
        changes, problems = read_changes(request.POST, current)
        if not problems:
            collisions = plans.assign_steps(plan=current, changes=changes, by=user_of(request))
            messages.success(request, _("The plan is saved."))
            for collision in collisions:
                messages.warning(request, collision_words(collision))
            return HttpResponseRedirect(reverse("assessments:plan", args=[pk]))
        for problem in problems:
            messages.error(request, problem)
    context = page_context(assessment, verbs, "result") | {
        "plan": current,
        "replaced": Plan.objects.filter(assessment=current.assessment, is_current=False) if current else [],
        "of_earlier_rounds": so_far[1:],
        "has_result": assessment.self_run_id is not None,
    }
    if current is not None:
        progress = progress_of(current, get_language() or "en")
        context |= {
            "progress": progress,
            "target": target_words(current),
            "standing": standing_table(progress),
            "standing_notes": standing_notes(progress),
            "rows": [
                (row, stage_label(row.item, row.step.to_stage), state_words(row), since_words(row, progress))
                for row in progress.steps
            ],
        }
    return render(request, "assessments/plan.html", context)


def read_changes(form: QueryDict, current: Plan) -> tuple[dict[str, Change], list[str]]:
    """What the form wants of each step and what it showed; and what is wrong. A step it does not name is left alone."""
    changes, problems = {}, []
    for step in current.steps.all():
        if f"owner-{step.item}" not in form:
            continue
        stored = Duty.of(step)
        wanted = _duty(form, step.item)
        for name, day in (("due", wanted.due_on), ("done", wanted.done_on)):
            text = form.get(f"{name}-{step.item}", "").strip()
            if text and day is None:
                problems.append(
                    _("%(item)s: “%(text)s” is no date. Write it like 2026-11-30.")
                    % {"item": step.item, "text": text}
                )
        seen = _duty(form, step.item, "seen-") if f"seen-owner-{step.item}" in form else stored
        changes[step.item] = Change(seen, wanted)
    return changes, problems


def _duty(form: QueryDict, item: str, before: str = "") -> Duty:
    owner, due, done = (form.get(f"{before}{name}-{item}", "").strip() for name in ("owner", "due", "done"))
    return Duty(owner[:LONGEST_OWNER], _day(due), _day(done))


def collision_words(collision: Collision) -> str:
    """Both entries of two people, of whom the first is kept."""
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


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except ValueError:  # such as 30 February
        return None


@login_required
@require_POST
def save(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Make the steps that are switched on in the way up the company's plan."""
    assessment, verbs = find(request, pk)
    require(verbs, Verb.PLAN)
    run = queries.counting_run(assessment)
    if run is None:
        raise Http404
    subject = subject_of(run, assessment.company, assessment.round.programme)
    way = what_if(subject, Question.read(subject, request.POST))
    try:
        if way is None:
            raise NothingToPlan
        plans.save_plan(assessment=assessment, run=run, way=way, by=user_of(request))
    except NothingToPlan:
        messages.error(request, _("No step is switched on, so there is nothing to save."))
        return HttpResponseRedirect(reverse("assessments:way_up", args=[pk]))
    messages.success(request, _("This is your plan now. Say who does what, and by when."))
    return HttpResponseRedirect(reverse("assessments:plan", args=[pk]))


@login_required
@require_safe
def workbook(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The plan as a workbook."""
    assessment, _verbs = find(request, pk)
    current = current_plan(assessment)
    if current is None:
        raise Http404
    content = plan_workbook(
        progress_of(current, get_language() or "en"), is_synthetic=rests_on_generated(assessment)
    )
    return file_response(content, XLSX, f"{assessment.company.name}_{assessment.round.code}_{_('Plan')}.xlsx")


def rests_on_generated(assessment: Assessment) -> bool:
    """Whether the model behind the plan was fitted to generated facilities."""
    run = queries.counting_run(assessment)
    return run is not None and run.release.is_synthetic
