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

from accounts.roles import Verb
from assessments.actions import submissions as submitting
from assessments.actions import withdrawals
from assessments.actions.answers import Frozen
from assessments.actions.submissions import NotDeclared, NotReady
from assessments.actions.withdrawals import CannotWithdraw, can_be_withdrawn
from assessments.answering import queries
from assessments.answering.answer_sources import COMPANY, sheet_of, submitting_verb
from assessments.answering.listing import SectionAnswers, rows_of, submitted_answers
from assessments.answering.validation import Problem
from assessments.evidence.queries import evidence_of, without_evidence
from assessments.models import Assessment, Submission
from assessments.reports.receipt import receipt_pdf
from assessments.tasks.scoring import scoring_key
from assessments.views.access import find, page_context, user_of
from assessments.views.sections import figure_hints
from benchmarks.models import Release
from companies.permissions import require, verbs_in_company
from instrument import AnswerState, load
from jobs.models import Job

STOP_POLLING = 286
SLOW_AFTER = timedelta(seconds=60)


@login_required
@require_safe
def check(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """All answers before they are submitted, each with a way to change it."""
    assessment, verbs = find(request, pk)
    return show_check(request, assessment, verbs)


def show_check(
    request: HttpRequest,
    assessment: Assessment,
    verbs: frozenset[Verb],
    *,
    problems: list[Problem] | None = None,
    is_undeclared: bool = False,
) -> HttpResponse:
    """The check page; after a refused attempt to submit with what has to be put right, and status 422."""
    instrument = load(assessment.round.instrument_version)
    sheet = sheet_of(verbs)
    answers = queries.answers_by_item(assessment, sheet)
    given = {code: answer.as_item_answer() for code, answer in answers.items() if answer.state}
    hints, _revenue = figure_hints(instrument, assessment, answers)
    differing = frozenset(hint.item for hint in hints)
    wrong = {problem.section for problem in problems or []}
    sections = [
        SectionAnswers(
            progress.section,
            rows_of(instrument, progress.section, given, differing),
            progress,
            progress.section.code in wrong,
        )
        for progress in queries.sections(assessment, instrument, answers, sheet)
    ]
    evidence = evidence_of(assessment)
    people = queries.colleagues(assessment.company)
    context: dict[str, Any] = page_context(assessment, verbs, "questionnaire") | {
        "instrument": instrument,
        "sections": sections,
        "total": len(instrument.items),
        "answered": sum(listed.progress.answered for listed in sections if listed.progress),
        "unknown": sum(answer.state is AnswerState.DONT_KNOW for answer in given.values()),
        "differing": [instrument.item(code) for code in instrument.item_order if code in differing],
        "problems": [(problem, instrument.item(problem.item)) for problem in problems or []],
        "is_undeclared": is_undeclared,
        "evidence_rows": [
            (instrument.item(code), evidence[code].files)
            for code in instrument.item_order
            if code in evidence and evidence[code].files
        ],
        "evidence_count": sum(len(found.files) for found in evidence.values()),
        "without_evidence": without_evidence(instrument, answers, evidence),
        "submission": queries.latest_submission(assessment, sheet.kind),
        "submitters": queries.submitters(people),
    }
    failed = bool(problems) or is_undeclared
    return render(request, "assessments/check.html", context, status=422 if failed else 200)


@login_required
@require_POST
def submit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Submit the answers and go on to the scoring page, or back to the check page with what is missing."""
    assessment, verbs = find(request, pk)
    sheet = sheet_of(verbs)
    require(verbs, submitting_verb(verbs))
    declared = request.POST.get("declared") == "yes"
    try:
        made = submitting.submit(assessment=assessment, declared=declared, by=user_of(request), sheet=sheet)
    except NotReady as error:
        return show_check(request, assessment, verbs, problems=error.problems)
    except NotDeclared:
        return show_check(request, assessment, verbs, is_undeclared=True)
    except Frozen:
        return show_check(request, assessment, verbs)
    if sheet is not COMPANY:
        return HttpResponseRedirect(reverse("assessments:receipt", args=[made.pk]))
    return HttpResponseRedirect(reverse("assessments:scoring", args=[assessment.pk]))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask whether the submission is to be taken back, and take it back."""
    assessment, verbs = find(request, pk)
    require(verbs, Verb.SUBMIT)
    submission = queries.latest_submission(assessment)
    if submission is None:
        return HttpResponseRedirect(reverse("assessments:home", args=[assessment.pk]))
    refused = False
    if request.method == "POST":
        try:
            withdrawals.withdraw(assessment=assessment, by=user_of(request))
        except CannotWithdraw:
            refused = True
        else:
            text = _("Submission %(number)s was withdrawn. Change what is wrong and submit again.")
            messages.success(request, text % {"number": submission.number})
            return HttpResponseRedirect(reverse("assessments:home", args=[assessment.pk]))
    context = page_context(assessment, verbs, "home") | {
        "submission": submission,
        "may_withdraw": not refused and can_be_withdrawn(assessment),
    }
    return render(request, "assessments/withdraw.html", context, status=409 if refused else 200)


@login_required
@require_safe
def scoring(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """How far the scoring is; a script asks again every two seconds until it is done."""
    assessment, verbs = find(request, pk)
    submission = queries.latest_submission(assessment)
    if submission is None:
        return HttpResponseRedirect(reverse("assessments:home", args=[assessment.pk]))
    release = Release.objects.active_in(assessment.round.programme)
    run = submission.score_runs.filter(release=release).first() if release else None
    job = Job.objects.filter(key=scoring_key(submission, release)).first() if release else None
    has_failed = run is None and job is not None and job.state == Job.State.FAILED
    context = page_context(assessment, verbs, "questionnaire") | {
        "submission": submission,
        "answered": len(submission.answers()),
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
def receipt(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What was submitted, when, by whom, with its hash, and the answers as they were then."""
    submission = submission_of(request, pk)
    assessment = submission.assessment
    context = page_context(
        assessment, verbs_in_company(user_of(request), assessment.company), "questionnaire"
    ) | {
        "submission": submission,
        "superseded_by": getattr(submission, "superseded_by", None),
        "withdrawal": getattr(submission, "withdrawal", None),
        "sections": submitted_answers(submission),
    }
    return render(request, "assessments/receipt.html", context)


def submission_of(request: HttpRequest, pk: uuid.UUID) -> Submission:
    """A submission that the person may read; 404 otherwise."""
    readable = Submission.objects.visible_to(user_of(request)).select_related(
        "assessment__company__sector", "assessment__round__programme", "submitted_by", "superseded_by",
        "withdrawal__withdrawn_by",
    )  # fmt: skip
    return get_object_or_404(readable, pk=pk)


@login_required
@require_safe
def receipt_document(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The receipt with the answers as submitted, as a PDF to keep; the same bytes each time it is asked for."""
    submission = submission_of(request, pk)
    content = receipt_pdf(submission, submitted_answers(submission))
    return FileResponse(
        BytesIO(content),
        as_attachment=True,
        filename=f"{submission.number}.pdf",
        content_type="application/pdf",
    )
