"""Bulk actions: a preview, the start, what became of each company, and earlier ones."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from accounts.models import NoticeKind, User
from accounts.notices import build_sample_message
from accounts.roles import Permission
from assessments.actions.reminders import build_reminder_facts
from assessments.models import Assessment, ReviewAssignment
from assessments.notifications.announcements import get_invitation_facts
from assessments.reviewing.reviewers import list_reviewers
from cohort.actions import bulk as actions
from cohort.bulk.examine import REVIEW_KINDS, examine
from cohort.bulk.reasons import BulkReason, get_reason_label
from cohort.filters import CohortFilters
from cohort.models import BulkOutcome, BulkRun
from cohort.queries.cohort import Cohort
from cohort.views.desk import CohortContext, get_cohort_context
from companies.names import get_company_name
from companies.permissions import require
from companies.recipients import list_deciding_people

# Above this many companies the preview counts them and leaves the reasons to the act itself.
EXAMINED = 5_000
PER_PAGE = 50
# So many names stand beside each reason in the preview.
NAMED = 20
# What the people of each company that is reached are told, and what it is filled in with.
EMAILS: dict[BulkRun.Kind, tuple[NoticeKind, Callable[[Assessment], dict[str, Any]]]] = {
    BulkRun.Kind.INVITE: (NoticeKind.INVITATION, get_invitation_facts),
    BulkRun.Kind.REMIND: (NoticeKind.REMINDER, build_reminder_facts),
}


@dataclass
class Left:
    """Companies that an act leaves out for one reason: how many, and the names of the first."""

    words: str
    number: int = 0
    names: list[str] = field(default_factory=list)

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.number - len(self.names)


@login_required
@require_safe
def preview(request: HttpRequest) -> HttpResponse:
    """Show how many companies an act would reach now and how many it would leave out; do nothing."""
    desk, cohort, kind = _parse_request(request, request.GET)
    companies = _list_companies(cohort, request.GET)
    people = list_reviewers(desk.programme, REVIEW_KINDS[kind]) if kind in REVIEW_KINDS else []
    assignee = _find_assignee(desk, kind, request.GET)
    context: dict[str, Any] = {
        "nav": "companies",
        "desk": desk,
        "cohort": cohort,
        "kind": kind,
        "count": len(companies),
        "people": list(people),
        "assignee": assignee,
        "picks": request.GET.getlist("pick") if "all" not in request.GET else [],
        "filters": cohort.filters,
        "run_id": uuid.uuid4(),
        "needs_person": kind in REVIEW_KINDS and assignee is None,
    }
    if len(companies) <= EXAMINED and not context["needs_person"]:
        context |= {"examined": True} | _build_preview(desk.user, cohort, kind, companies, assignee)
    return render(request, "cohort/bulk_preview.html", context)


@login_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Start the act. Sending the form twice starts it once."""
    desk, cohort, kind = _parse_request(request, request.POST)
    assignee = _find_assignee(desk, kind, request.POST)
    if kind in REVIEW_KINDS and assignee is None:
        raise Http404
    try:
        pk = uuid.UUID(request.POST.get("run", ""))
    except ValueError as error:
        raise Http404 from error
    if BulkRun.objects.filter(pk=pk).exclude(created_by=desk.user).exists():
        raise Http404
    run = actions.start(
        pk=pk,
        kind=kind,
        round_=cohort.round,
        companies=_list_companies(cohort, request.POST),
        query="" if "all" not in request.POST else cohort.filters.query(),
        assignee=assignee,
        by=desk.user,
    )
    return redirect("cohort:bulk_run", pk=run.pk)


@login_required
@require_safe
def show_run(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show how far an act is and what became of each company; `state` chooses those done or left out."""
    found = _get_run(request, pk)
    state = request.GET.get("state", "")
    outcomes = found.outcomes.select_related("company").order_by("state", "company__name", "pk")
    if state in BulkOutcome.State.values:
        outcomes = outcomes.filter(state=state)
    page = Paginator(outcomes, PER_PAGE).get_page(request.GET.get("page", "1"))
    language = get_language() or "en"
    counts = Counter(found.outcomes.values_list("state", flat=True))
    return render(
        request,
        "cohort/bulk_run.html",
        {
            "nav": "companies",
            "run": found,
            "job": found.job,
            "page": page,
            "rows": [
                (
                    row,
                    get_company_name(language, row.company),
                    get_reason_label(row.reason) if row.reason else "",
                )
                for row in page.object_list
            ],
            "state": state,
            "states": [(choice, counts[choice.value]) for choice in BulkOutcome.State],
        },
    )


@login_required
@require_safe
def show_run_progress(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show how far an act is, for a page that asks again and again."""
    found = _get_run(request, pk)
    response = render(request, "cohort/bulk_progress.html", {"run": found, "job": found.job})
    if found.job is not None and not found.job.is_open:
        # The list of what became of each company is complete now.
        response["HX-Refresh"] = "true"
    return response


@login_required
@require_safe
def show_runs(request: HttpRequest) -> HttpResponse:
    """Show the acts of the programme, the latest first, with how far each is."""
    desk = get_cohort_context(request, CohortFilters.read(request.GET))
    require(desk.verbs, Permission.RUN_PROGRAMME)
    found = (
        BulkRun.objects.visible_to(desk.user)
        .filter(round__programme=desk.programme)
        .select_related("round", "job", "assignee", "created_by")
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page", "1"))
    address = f"?programme={desk.programme.code}&page="
    context = {"nav": "companies", "desk": desk, "page": page, "address": address}
    return render(request, "cohort/bulk_runs.html", context)


def _get_run(request: HttpRequest, pk: uuid.UUID) -> BulkRun:
    user = request.user
    assert isinstance(user, User)
    runs = BulkRun.objects.visible_to(user).select_related("round__programme", "job", "assignee")
    return get_object_or_404(runs, pk=pk)


def _parse_request(request: HttpRequest, parameters: QueryDict) -> tuple[CohortContext, Cohort, BulkRun.Kind]:
    filters = CohortFilters.read(parameters)
    desk = get_cohort_context(request, filters)
    require(desk.verbs, Permission.RUN_PROGRAMME)
    cohort = desk.build_cohort(filters)
    kind = parameters.get("kind", "")
    if cohort is None or kind not in BulkRun.Kind.values:
        raise Http404
    return desk, cohort, BulkRun.Kind(kind)


def _list_companies(cohort: Cohort, parameters: QueryDict) -> list[uuid.UUID]:
    """Return all that the filters leave, or those that were picked among all that the person sees."""
    if "all" in parameters:
        return list(cohort.companies.order_by("pk").values_list("pk", flat=True))
    picked = []
    for text in parameters.getlist("pick"):
        try:
            picked.append(uuid.UUID(text))
        except ValueError as error:
            raise Http404 from error
    return list(cohort.listed.filter(pk__in=picked).order_by("pk").values_list("pk", flat=True))


def _find_assignee(desk: CohortContext, kind: BulkRun.Kind, parameters: QueryDict) -> User | None:
    if kind not in REVIEW_KINDS or not parameters.get("assignee"):
        return None
    try:
        wanted = uuid.UUID(parameters.get("assignee", ""))
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(list_reviewers(desk.programme, REVIEW_KINDS[kind]), pk=wanted)


def _build_preview(
    user: User, cohort: Cohort, kind: BulkRun.Kind, companies: list[uuid.UUID], assignee: User | None
) -> dict[str, Any]:
    """Return whom the act would reach, whom it would leave out and why, and the e-mail it would send."""
    assessments = list(
        Assessment.objects.filter(round=cohort.round, company__in=companies, closed_at__isnull=True)
        .select_related("round__programme", "company__division", "company__functional_area")
        .order_by("company__name", "pk")
    )
    verdicts = examine(kind, assessments, by=user, assignee=assignee)
    language = get_language() or "en"
    left: dict[str, Left] = {}
    for row in assessments:
        if reason := verdicts[row.pk]:
            entry = left.setdefault(reason, Left(get_reason_label(reason)))
            entry.number += 1
            if len(entry.names) < NAMED:
                entry.names.append(get_company_name(language, row.company))
    absent = len(companies) - len(assessments)
    if absent:
        left[BulkReason.NO_ASSESSMENT] = Left(get_reason_label(BulkReason.NO_ASSESSMENT), absent)
    reached = [row for row in assessments if not verdicts[row.pk]]
    return {
        "reached": len(reached),
        "replaced": _count_held_by_others(kind, reached, assignee),
        "left_out": sorted(left.values(), key=lambda entry: -entry.number),
    } | (_build_email_preview(kind, reached) if kind in EMAILS and reached else {})


def _count_held_by_others(kind: BulkRun.Kind, reached: list[Assessment], assignee: User | None) -> int:
    """Count those assigned to somebody else now, who would lose them."""
    if assignee is None:
        return 0
    held = ReviewAssignment.objects.filter(
        assessment__in=[row.pk for row in reached], kind=REVIEW_KINDS[kind]
    )
    return held.exclude(user=assignee).count()


def _build_email_preview(kind: BulkRun.Kind, reached: list[Assessment]) -> dict[str, Any]:
    """Return the e-mail to the first company, and how many people get one."""
    notice, facts = EMAILS[kind]
    first = reached[0]
    people = list_deciding_people(row.company_id for row in reached)
    return {
        "letter": build_sample_message(notice, company=str(first.company), **facts(first)),
        "letters": sum(len(own) for own in people.values()),
    }
