"""Acts on many companies: a preview, the start, what became of each company, and the acts before."""

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

from accounts.models import Kind, User
from accounts.notices import sample
from accounts.roles import Verb
from assessments.actions.reminders import reminder_facts
from assessments.models import Assessment, ReviewAssignment
from assessments.notifications.announcements import invitation_facts
from assessments.reviewing.reviewers import reviewers
from cohort.actions import bulk as actions
from cohort.bulk.examine import REVIEW_KINDS, examine
from cohort.bulk.reasons import Reason, words_of
from cohort.filters import Filters
from cohort.models import BulkOutcome, BulkRun
from cohort.queries.cohort import Cohort
from cohort.views.desk import Desk, desk_of
from companies.names import name_in
from companies.permissions import require
from companies.recipients import deciding_people

# Above this many companies the preview counts them and leaves the reasons to the act itself.
EXAMINED = 5_000
PER_PAGE = 50
# So many names stand beside each reason in the preview.
NAMED = 20
# What the people of each company that is reached are told, and what it is filled in with.
LETTERS: dict[BulkRun.Kind, tuple[Kind, Callable[[Assessment], dict[str, Any]]]] = {
    BulkRun.Kind.INVITE: (Kind.INVITATION, invitation_facts),
    BulkRun.Kind.REMIND: (Kind.REMINDER, reminder_facts),
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
    """How many companies an act would reach now and how many it would leave out; nothing is done."""
    desk, cohort, kind = _asked(request, request.GET)
    companies = _companies(cohort, request.GET)
    people = reviewers(desk.programme, REVIEW_KINDS[kind]) if kind in REVIEW_KINDS else []
    assignee = _assignee(desk, kind, request.GET)
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
        context |= {"examined": True} | _examined(desk.user, cohort, kind, companies, assignee)
    return render(request, "cohort/bulk_preview.html", context)


@login_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Start the act. Sending the form twice starts it once."""
    desk, cohort, kind = _asked(request, request.POST)
    assignee = _assignee(desk, kind, request.POST)
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
        companies=_companies(cohort, request.POST),
        query="" if "all" not in request.POST else cohort.filters.query(),
        assignee=assignee,
        by=desk.user,
    )
    return redirect("cohort:bulk_run", pk=run.pk)


@login_required
@require_safe
def run(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """How far an act is and what became of each company; `state` shows those done or left out alone."""
    found = _run(request, pk)
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
                (row, name_in(language, row.company), words_of(row.reason) if row.reason else "")
                for row in page.object_list
            ],
            "state": state,
            "states": [(choice, counts[choice.value]) for choice in BulkOutcome.State],
        },
    )


@login_required
@require_safe
def progress(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """How far an act is, for a page that asks again and again."""
    found = _run(request, pk)
    response = render(request, "cohort/bulk_progress.html", {"run": found, "job": found.job})
    if found.job is not None and not found.job.is_open:
        # The list of what became of each company is complete now.
        response["HX-Refresh"] = "true"
    return response


@login_required
@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """The acts of the programme, the latest first, with how far each is."""
    desk = desk_of(request, Filters.read(request.GET))
    require(desk.verbs, Verb.RUN_PROGRAMME)
    found = (
        BulkRun.objects.visible_to(desk.user)
        .filter(round__programme=desk.programme)
        .select_related("round", "job", "assignee", "created_by")
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page", "1"))
    address = f"?programme={desk.programme.code}&page="
    context = {"nav": "companies", "desk": desk, "page": page, "address": address}
    return render(request, "cohort/bulk_runs.html", context)


def _run(request: HttpRequest, pk: uuid.UUID) -> BulkRun:
    user = request.user
    assert isinstance(user, User)
    runs = BulkRun.objects.visible_to(user).select_related("round__programme", "job", "assignee")
    return get_object_or_404(runs, pk=pk)


def _asked(request: HttpRequest, parameters: QueryDict) -> tuple[Desk, Cohort, BulkRun.Kind]:
    filters = Filters.read(parameters)
    desk = desk_of(request, filters)
    require(desk.verbs, Verb.RUN_PROGRAMME)
    cohort = desk.cohort(filters)
    kind = parameters.get("kind", "")
    if cohort is None or kind not in BulkRun.Kind.values:
        raise Http404
    return desk, cohort, BulkRun.Kind(kind)


def _companies(cohort: Cohort, parameters: QueryDict) -> list[uuid.UUID]:
    """All that the filters leave, or those that were picked among all that the person sees."""
    if "all" in parameters:
        return list(cohort.companies.order_by("pk").values_list("pk", flat=True))
    picked = []
    for text in parameters.getlist("pick"):
        try:
            picked.append(uuid.UUID(text))
        except ValueError as error:
            raise Http404 from error
    return list(cohort.listed.filter(pk__in=picked).order_by("pk").values_list("pk", flat=True))


def _assignee(desk: Desk, kind: BulkRun.Kind, parameters: QueryDict) -> User | None:
    if kind not in REVIEW_KINDS or not parameters.get("assignee"):
        return None
    try:
        wanted = uuid.UUID(parameters.get("assignee", ""))
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(reviewers(desk.programme, REVIEW_KINDS[kind]), pk=wanted)


def _examined(
    user: User, cohort: Cohort, kind: BulkRun.Kind, companies: list[uuid.UUID], assignee: User | None
) -> dict[str, Any]:
    """Whom the act would reach now, whom it would leave out and why, and the letter that it would send."""
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
            entry = left.setdefault(reason, Left(words_of(reason)))
            entry.number += 1
            if len(entry.names) < NAMED:
                entry.names.append(name_in(language, row.company))
    absent = len(companies) - len(assessments)
    if absent:
        left[Reason.NO_ASSESSMENT] = Left(words_of(Reason.NO_ASSESSMENT), absent)
    reached = [row for row in assessments if not verdicts[row.pk]]
    return {
        "reached": len(reached),
        "replaced": _held_by_others(kind, reached, assignee),
        "left_out": sorted(left.values(), key=lambda entry: -entry.number),
    } | (_letter(kind, reached) if kind in LETTERS and reached else {})


def _held_by_others(kind: BulkRun.Kind, reached: list[Assessment], assignee: User | None) -> int:
    """How many are assigned to somebody else now, who would lose them."""
    if assignee is None:
        return 0
    held = ReviewAssignment.objects.filter(
        assessment__in=[row.pk for row in reached], kind=REVIEW_KINDS[kind]
    )
    return held.exclude(user=assignee).count()


def _letter(kind: BulkRun.Kind, reached: list[Assessment]) -> dict[str, Any]:
    """The letter to the first company, and how many people get one."""
    letter, facts = LETTERS[kind]
    first = reached[0]
    people = deciding_people(row.company_id for row in reached)
    return {
        "letter": sample(letter, company=str(first.company), **facts(first)),
        "letters": sum(len(own) for own in people.values()),
    }
