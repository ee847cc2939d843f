"""The review desk: what waits for the county, for a visit, for acceptance."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.roles import Permission
from assessments.models import Assessment
from cohort.filters import CohortFilters
from cohort.queries.review_queue import STEPS, Queue, ReviewStep
from cohort.views.desk import get_cohort_context
from companies.names import get_company_name
from companies.permissions import can_reach_all_listed, require


def get_first_step(verbs: frozenset[Permission]) -> str:
    """Return the step that a person with these verbs works at."""
    if Permission.REVIEW in verbs:
        return "check"
    if Permission.VERIFY in verbs:
        return "visit"
    return "accept"


@login_required
@require_safe
def show_queue(request: HttpRequest) -> HttpResponse:
    """Show the queue of one step; `step`, `who`, `area`, `round` and `page` choose."""
    desk = get_cohort_context(request, CohortFilters.read(request.GET.dict()))
    require(desk.verbs, Permission.SEE_FLAGS)
    context = {"nav": "queue", "desk": desk, "can_draw": Permission.RUN_PROGRAMME in desk.verbs}
    if desk.round is None:
        return render(request, "cohort/review/queue.html", context)
    asked = request.GET.get("step") or get_first_step(desk.verbs)
    step = next((step for step in STEPS if step.code == asked), STEPS[0])
    who = "mine" if request.GET.get("who") == "mine" else "all"
    area = request.GET.get("area", "")
    found = Queue(user=desk.user, round=desk.round, mine=who == "mine", area=area)
    counts = found.count_steps()
    page = found.get_page(step, request.GET.get("page", "1"))
    kept = f"programme={desk.programme.code}&round={desk.round.code}&who={who}&area={area}"
    language = get_language() or "en"
    return render(
        request,
        "cohort/review/queue.html",
        context
        | {
            "step": step,
            "steps": [(other, counts[other.code], f"?{kept}&step={other.code}") for other in STEPS],
            "who": who,
            "area": area,
            "page": page,
            "rows": [
                (row, get_company_name(language, row.company), count_waiting_days(row, step)) for row in page
            ],
            "kept": f"?{kept}&step={step.code}",
            "action": _get_action(step, desk.verbs),
            "shows_verified": step.code in {"appeal", "accept", "accepted"},
            "sees_batches": can_reach_all_listed(desk.user, desk.programme, Permission.SEE_FLAGS),
        },
    )


def count_waiting_days(assessment: Assessment, step: ReviewStep) -> int:
    """Count the whole days since the assessment came to this step."""
    since = getattr(assessment, step.order.removeprefix("-"))
    return (timezone.now() - since).days if since else 0


def _get_action(step: ReviewStep, verbs: frozenset[Permission]) -> str:
    """Return the page that works on a step, empty where the person only reads."""
    pages = {
        "check": (Permission.REVIEW, "cohort:check"),
        "visit": (Permission.VERIFY, "cohort:visit"),
        "visiting": (Permission.VERIFY, "cohort:visit"),
        "appeal": (Permission.VERIFY, "cohort:visit"),
        "accept": (Permission.SEE_FLAGS, "cohort:acceptance"),
        "accepted": (Permission.SEE_FLAGS, "cohort:acceptance"),
    }
    verb, page = pages.get(step.code, (None, ""))
    return page if verb in verbs else ""
