"""The review desk: what waits for the county, for a visit, for acceptance."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.roles import Verb
from assessments.models import Assessment
from cohort.filters import Filters
from cohort.queries.review_queue import STEPS, Queue, Step
from cohort.views.desk import desk_of
from companies.names import name_in
from companies.permissions import reaches_all_listed, require


def first_step(verbs: frozenset[Verb]) -> str:
    """The step that a person with these verbs works at."""
    if Verb.REVIEW in verbs:
        return "check"
    if Verb.VERIFY in verbs:
        return "visit"
    return "accept"


@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The queue of one step; `step`, `who`, `area`, `round` and `page` choose."""
    desk = desk_of(request, Filters.read(request.GET.dict()))
    require(desk.verbs, Verb.SEE_FLAGS)
    context = {"nav": "queue", "desk": desk, "can_draw": Verb.RUN_PROGRAMME in desk.verbs}
    if desk.round is None:
        return render(request, "cohort/review/queue.html", context)
    asked = request.GET.get("step") or first_step(desk.verbs)
    step = next((step for step in STEPS if step.code == asked), STEPS[0])
    who = "mine" if request.GET.get("who") == "mine" else "all"
    area = request.GET.get("area", "")
    found = Queue(user=desk.user, round=desk.round, mine=who == "mine", area=area)
    counts = found.counts()
    page = found.page(step, request.GET.get("page", "1"))
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
            "rows": [(row, name_in(language, row.company), waiting_days(row, step)) for row in page],
            "kept": f"?{kept}&step={step.code}",
            "action": _action(step, desk.verbs),
            "shows_verified": step.code in {"appeal", "accept", "accepted"},
            "sees_batches": reaches_all_listed(desk.user, desk.programme, Verb.SEE_FLAGS),
        },
    )


def waiting_days(assessment: Assessment, step: Step) -> int:
    """Whole days since the assessment came to this step."""
    since = getattr(assessment, step.order.removeprefix("-"))
    return (timezone.now() - since).days if since else 0


def _action(step: Step, verbs: frozenset[Verb]) -> str:
    """The page that works on a step, empty where the person only reads."""
    pages = {
        "check": (Verb.REVIEW, "cohort:check"),
        "visit": (Verb.VERIFY, "cohort:visit"),
        "visiting": (Verb.VERIFY, "cohort:visit"),
        "appeal": (Verb.VERIFY, "cohort:visit"),
        "accept": (Verb.SEE_FLAGS, "cohort:acceptance"),
        "accepted": (Verb.SEE_FLAGS, "cohort:acceptance"),
    }
    verb, page = pages.get(step.code, (None, ""))
    return page if verb in verbs else ""
