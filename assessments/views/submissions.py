"""Checking the answers, submitting them, waiting for the score, and the receipt."""

from __future__ import annotations

import uuid
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import Permission
from assessments.actions import submissions as submitting
from assessments.actions import withdrawals
from assessments.actions.answers import AnswersLocked
from assessments.actions.submissions import NotDeclared, NotReady
from assessments.actions.withdrawals import CannotWithdraw, can_withdraw_submission
from assessments.answering import queries
from assessments.answering.answer_sources import COMPANY, get_answer_source, get_submitting_permission
from assessments.answering.listing import SectionAnswers, list_answer_rows, list_submitted_answers
from assessments.answering.validation import SubmissionProblem
from assessments.evidence.queries import get_evidence_by_item, list_items_without_evidence
from assessments.models import Assessment, Submission
from assessments.reports.receipt import render_receipt_pdf
from assessments.tasks.scoring import build_scoring_key
from assessments.views.access import build_page_context, get_assessment, get_signed_in_user
from assessments.views.sections import find_figure_hints
from benchmarks.models import Release
from companies.permissions import permissions_in_company, require
from instrument import AnswerState, load_instrument
from jobs.models import Job

STOP_POLLING = 286
SLOW_AFTER = timedelta(seconds=60)


@login_required
@require_safe
def show_check_page(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show all answers before they are submitted, each with a way to change it."""
    assessment, verbs = get_assessment(request, pk)
    return render_check_page(request, assessment, verbs)


def render_check_page(
    request: HttpRequest,
    assessment: Assessment,
    verbs: frozenset[Permission],
    *,
    problems: list[SubmissionProblem] | None = None,
    is_undeclared: bool = False,
) -> HttpResponse:
    """Render the check page; after a refused submission with what to put right, and status 422."""
    instrument = load_instrument(assessment.round.instrument_version)
    sheet = get_answer_source(verbs)
    answers = queries.get_answers_by_item(assessment, sheet)
    given = {code: answer.build_item_answer() for code, answer in answers.items() if answer.state}
    hints, _revenue = find_figure_hints(instrument, assessment, answers)
    differing = frozenset(hint.item for hint in hints)
    wrong = {problem.section for problem in problems or []}
    sections = [
        SectionAnswers(
            progress.section,
            list_answer_rows(instrument, progress.section, given, differing),
            progress,
            progress.section.code in wrong,
        )
        for progress in queries.list_section_progress(assessment, instrument, answers, sheet)
    ]
    evidence = get_evidence_by_item(assessment)
    people = queries.list_colleagues(assessment.company)
    context: dict[str, Any] = build_page_context(assessment, verbs, "questionnaire") | {
        "instrument": instrument,
        "sections": sections,
        "total": len(instrument.items),
        "answered": sum(listed.progress.answered for listed in sections if listed.progress),
        "unknown": sum(answer.state is AnswerState.DONT_KNOW for answer in given.values()),
        "differing": [instrument.get_item(code) for code in instrument.item_order if code in differing],
        "problems": [(problem, instrument.get_item(problem.item)) for problem in problems or []],
        "is_undeclared": is_undeclared,
        "evidence_rows": [
            (instrument.get_item(code), evidence[code].files)
            for code in instrument.item_order
            if code in evidence and evidence[code].files
        ],
        "evidence_count": sum(len(found.files) for found in evidence.values()),
        "without_evidence": list_items_without_evidence(instrument, answers, evidence),
        "submission": queries.find_latest_submission(assessment, sheet.kind),
        "submitters": queries.format_submitter_names(people),
    }
    failed = bool(problems) or is_undeclared
    return render(request, "assessments/check.html", context, status=422 if failed else 200)


@login_required
@require_POST
def submit_answers(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Submit the answers and go on to the scoring page, or back to the check page with what is missing."""
    assessment, verbs = get_assessment(request, pk)
    sheet = get_answer_source(verbs)
    require(verbs, get_submitting_permission(verbs))
    declared = request.POST.get("declared") == "yes"
    try:
        made = submitting.submit_answers(
            assessment=assessment, declared=declared, by=get_signed_in_user(request), sheet=sheet
        )
    except NotReady as error:
        return render_check_page(request, assessment, verbs, problems=error.problems)
    except NotDeclared:
        return render_check_page(request, assessment, verbs, is_undeclared=True)
    except AnswersLocked:
        return render_check_page(request, assessment, verbs)
    if sheet is not COMPANY:
        return HttpResponseRedirect(reverse("assessments:receipt", args=[made.pk]))
    return HttpResponseRedirect(reverse("assessments:scoring", args=[assessment.pk]))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_submission(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask whether the submission is to be taken back, and take it back."""
    assessment, verbs = get_assessment(request, pk)
    require(verbs, Permission.SUBMIT)
    submission = queries.find_latest_submission(assessment)
    if submission is None:
        return HttpResponseRedirect(reverse("assessments:home", args=[assessment.pk]))
    refused = False
    if request.method == "POST":
        try:
            withdrawals.withdraw_submission(assessment=assessment, by=get_signed_in_user(request))
        except CannotWithdraw:
            refused = True
        else:
            text = _("Submission %(number)s was withdrawn. Change what is wrong and submit again.")
            messages.success(request, text % {"number": submission.number})
            return HttpResponseRedirect(reverse("assessments:home", args=[assessment.pk]))
    context = build_page_context(assessment, verbs, "home") | {
        "submission": submission,
        "may_withdraw": not refused and can_withdraw_submission(assessment),
    }
    return render(request, "assessments/withdraw.html", context, status=409 if refused else 200)


@login_required
@require_safe
def show_scoring(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show how far the scoring is; a script asks again every two seconds until it is done."""
    assessment, verbs = get_assessment(request, pk)
    submission = queries.find_latest_submission(assessment)
    if submission is None:
        return HttpResponseRedirect(reverse("assessments:home", args=[assessment.pk]))
    release = Release.objects.find_active(assessment.round.programme)
    run = submission.score_runs.filter(release=release).first() if release else None
    job = Job.objects.filter(key=build_scoring_key(submission, release)).first() if release else None
    has_failed = run is None and job is not None and job.state == Job.State.FAILED
    context = build_page_context(assessment, verbs, "questionnaire") | {
        "submission": submission,
        "answered": len(submission.read_answers()),
        "release": release,
        "reference_count": sum(release.rows_per_tier[tier] for tier in ("1", "2", "3")) if release else 0,
        "run": run,
        "has_failed": has_failed,
        "is_retrying": run is None and job is not None and bool(job.error) and not has_failed,
        "is_slow": timezone.now() - submission.submitted_at > SLOW_AFTER,
    }
    if request.headers.get("HX-Request") == "true":
        ended = run is not None or has_failed or release is None
        return render(request, "assessments/_scoring.html", context, status=STOP_POLLING if ended else 200)
    return render(request, "assessments/scoring.html", context)


@login_required
@require_safe
def show_receipt(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show what was submitted, when, by whom, with its hash, and the answers as they were then."""
    submission = get_submission(request, pk)
    assessment = submission.assessment
    context = build_page_context(
        assessment, permissions_in_company(get_signed_in_user(request), assessment.company), "questionnaire"
    ) | {
        "submission": submission,
        "superseded_by": getattr(submission, "superseded_by", None),
        "withdrawal": getattr(submission, "withdrawal", None),
        "sections": list_submitted_answers(submission),
    }
    return render(request, "assessments/receipt.html", context)


def get_submission(request: HttpRequest, pk: uuid.UUID) -> Submission:
    """Return a submission that the person may read; 404 otherwise."""
    readable = Submission.objects.visible_to(get_signed_in_user(request)).select_related(
        "assessment__company__sector", "assessment__round__programme", "submitted_by", "superseded_by",
        "withdrawal__withdrawn_by",
    )  # fmt: skip
    return get_object_or_404(readable, pk=pk)


@login_required
@require_safe
def download_receipt(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Send the receipt with the answers as submitted, as a PDF to keep; the same bytes each time."""
    submission = get_submission(request, pk)
    content = render_receipt_pdf(submission, list_submitted_answers(submission))
    return FileResponse(
        BytesIO(content),
        as_attachment=True,
        filename=f"{submission.number}.pdf",
        content_type="application/pdf",
    )
