"""The home page of an assessment: the next step, the sections, the deadline, colleagues, earlier rounds."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.roles import Permission
from assessments.actions.appeals import find_appealable_submission
from assessments.actions.withdrawals import can_withdraw_submission
from assessments.answering import queries
from assessments.answering.answer_sources import AnswerSource
from assessments.answering.progress import find_current_plan, get_plan_progress
from assessments.answering.queries import SectionProgress
from assessments.models import Assessment, Submission
from assessments.models.answer import AnswerContent
from assessments.views.access import build_page_context, get_assessment, get_signed_in_user
from instrument import load_instrument

WARN_DAYS = 7

StepKind = Literal["answer", "check", "wait_for_submitter", "scoring", "result", "prescored", "closed"]


@dataclass(frozen=True)
class NextStep:
    """The one thing to do next; `progress` only where questions are open."""

    kind: StepKind
    progress: SectionProgress | None = None
    position: int = 0


def choose_next_step(
    assessment: Assessment,
    sections: list[SectionProgress],
    answers: Mapping[str, AnswerContent],
    submission: Submission | None,
    user: User,
    *,
    may_submit: bool,
    can_change: bool,
) -> NextStep:
    """Choose the person's next step. An open section worked on last comes first, then an assigned one."""
    last_answer_at = max((answer.answered_at for answer in answers.values()), default=None)
    has_news = submission is None or (last_answer_at is not None and last_answer_at > submission.submitted_at)
    if submission is not None and submission.kind == Submission.Kind.PROVIDER and not has_news:
        return NextStep("prescored")
    if not can_change or not has_news:
        if assessment.self_run_id:
            return NextStep("result")
        return NextStep("scoring" if submission else "closed")
    unfinished = [progress for progress in sections if not progress.is_complete]
    if not unfinished:
        return NextStep("check" if may_submit else "wait_for_submitter")
    latest = max(
        (answer for answer in answers.values() if answer.answered_by_id == user.pk),
        key=lambda answer: answer.answered_at,
        default=None,
    )
    best = min(
        unfinished,
        key=lambda progress: (
            latest is None or latest.item not in progress.section.items,
            progress.assignee != user,
            progress.number,
        ),
    )
    return NextStep("answer", best, best.section.items.index(best.first_open) + 1)


@login_required
@require_safe
def show_assessment_home(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the task list of one assessment."""
    assessment, verbs = get_assessment(request, pk)
    instrument = load_instrument(assessment.round.instrument_version)
    context = build_page_context(assessment, verbs, "home")
    sheet: AnswerSource = context["sheet"]
    answers = queries.get_answers_by_item(assessment, sheet)
    sections = queries.list_section_progress(assessment, instrument, answers, sheet)
    submission = queries.find_latest_submission(assessment, sheet.kind)
    people = queries.list_colleagues(assessment.company)
    plan = None if context["is_provider"] else find_current_plan(assessment)
    answered = sum(progress.answered for progress in sections)
    total = sum(progress.total for progress in sections)
    context |= {
        "sections": sections,
        "complete": sum(progress.is_complete for progress in sections),
        "answered": answered,
        "total": total,
        "percent": 100 * answered // total,
        "step": choose_next_step(
            assessment,
            sections,
            answers,
            submission,
            get_signed_in_user(request),
            may_submit=context["can_submit"],
            can_change=context["open_items"] != frozenset(),
        ),
        "submission": submission,
        "can_withdraw": Permission.SUBMIT in verbs
        and submission is not None
        and can_withdraw_submission(assessment),
        "plan": get_plan_progress(plan, get_language() or "en") if plan else None,
        "people": people,
        "submitters": queries.format_submitter_names(people),
        "earlier": queries.list_earlier_assessments(assessment),
        "days_left": assessment.days_left,
        "is_urgent": 0 <= assessment.days_left <= WARN_DAYS,
        "is_overdue": assessment.days_left < 0,
        "can_appeal": Permission.APPEAL in verbs and find_appealable_submission(assessment) is not None,
    }
    return render(request, "assessments/home.html", context)
