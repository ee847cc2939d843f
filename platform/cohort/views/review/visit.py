"""The visit on site: one page that holds every item, so that it goes on without a network once it is open."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.roles import Permission
from assessments.actions import visits
from assessments.actions.visits import NoRemark, NotAllDecided, NoVisit
from assessments.answering.forms import format_refusal
from assessments.answering.questions import format_answer_lines
from assessments.answering.revisions import StaleAnswer, parse_revision
from assessments.models import Assessment, CountyCheck, Decision, Visit
from assessments.reviewing.conflicts_of_interest import (
    find_visit_conflicts_of_interest,
    require_no_conflict_of_interest,
)
from assessments.views.access import get_assessment, get_signed_in_user
from assessments.views.answers import reply
from cohort.queries.visit import NOT_APPLICABLE, VisitPage, build_visit_page
from cohort.views.review.flag_labels import FlagDescription, describe_flag, get_known_companies
from companies.names import get_company_name
from instrument import AnswerState, Instrument, InvalidAnswer, ItemAnswer, load_instrument
from instrument.item import Value


def find_open_visit(assessment: Assessment) -> Visit | None:
    """Return the visit that is going on; one query."""
    return (
        assessment.visits.filter(finished_at__isnull=True)
        .select_related(
            "appeal__submission", "started_by", "assessment__round__programme", "assessment__company"
        )
        .first()
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_visit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the page of a visit; before it begins the declaration of no ties, which POST makes."""
    assessment, _verbs = get_assessment(request, pk, Permission.VERIFY)
    user = get_signed_in_user(request)
    going_on = find_open_visit(assessment)
    if request.method == "POST":
        if not request.POST.get("declared"):
            context = _build_base_context(assessment) | {"is_undeclared": True}
            return render(request, "cohort/review/begin.html", context, status=422)
        try:
            visits.start_visit(assessment=assessment, by=user)
        except NoVisit:
            messages.error(request, _("No visit can begin: the company is not recommended, or is verified."))
            return HttpResponseRedirect(reverse("cohort:queue"))
        return HttpResponseRedirect(reverse("cohort:visit", args=[assessment.pk]))
    require_no_conflict_of_interest(find_visit_conflicts_of_interest(user, assessment, going_on))
    if going_on is None:
        return render(
            request,
            "cohort/review/begin.html",
            _build_base_context(assessment) | {"can_begin": _can_begin(assessment)},
        )
    return render(request, "cohort/review/visit.html", _build_page_context(request, assessment, going_on))


def _can_begin(assessment: Assessment) -> bool:
    if assessment.appeals.filter(decided_at__isnull=True).exists():
        return True
    return assessment.recommended_at is not None and assessment.verified_at is None


@require_http_methods(["GET", "HEAD", "POST"])
def grade(request: HttpRequest, pk: uuid.UUID, item: str) -> HttpResponse:
    """Store the decision about one item on POST, show the item as it is stored on GET.

    The reply to a script says in `X-Answer` how it went, as that of an answer does: saved, conflict (409), refused
    (422 or 400), closed (403) or signed-out (401).
    """
    is_script = request.headers.get("HX-Request") == "true"
    if not request.user.is_authenticated:
        if is_script:
            return reply(HttpResponse(_("You are signed out."), status=401), "signed-out")
        return HttpResponseRedirect(reverse("account_login"))
    assessment, _verbs = get_assessment(request, pk, Permission.VERIFY)
    instrument = load_instrument(assessment.round.instrument_version)
    if item not in instrument:
        raise Http404
    going_on = find_open_visit(assessment)
    if going_on is None:
        return _render_refusal(
            request, item, _("The visit is finished. This decision was not saved."), 403, "closed"
        )
    if request.method != "POST":
        require_no_conflict_of_interest(
            find_visit_conflicts_of_interest(get_signed_in_user(request), assessment, going_on)
        )
        return reply(_render_panel(request, assessment, going_on, item), "shown")
    try:
        posted = parse_grade(instrument, item, request.POST)
        visits.decide_item(visit=going_on, item=item, by=get_signed_in_user(request), **vars(posted))
    except StaleAnswer as stale:
        return _render_conflict(request, assessment, going_on, item, posted, stale, is_script=is_script)
    except NoRemark:
        words = _("Write down the reason. The company reads it.")
        return _render_refusal(request, item, words, 422, "refused")
    except InvalidAnswer as error:
        words = _("Choose a value.") if error.reason == "empty" else format_refusal(error)
        return _render_refusal(request, item, words, 400 if error.field == "revision" else 422, "refused")
    except NoVisit:
        return _render_refusal(request, item, _("This item is not open in this visit."), 403, "closed")
    if not is_script:
        following = build_visit_page(get_signed_in_user(request), going_on).find_next_undecided(item)
        place = f"#{following.item.code}" if following else ""
        return HttpResponseRedirect(reverse("cohort:visit", args=[assessment.pk]) + place)
    return reply(_render_panel(request, assessment, going_on, item), "saved")


@login_required
@require_POST
def finish(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """End the visit: freeze the verified values and have them scored."""
    assessment, _verbs = get_assessment(request, pk, Permission.VERIFY)
    going_on = find_open_visit(assessment)
    here = HttpResponseRedirect(reverse("cohort:visit", args=[assessment.pk]))
    if going_on is None:
        messages.error(request, _("There is no visit to finish."))
        return here
    try:
        submission = visits.finish_visit(visit=going_on, by=get_signed_in_user(request))
    except NotAllDecided as error:
        words = _("Not finished: these items are not verified yet: %(items)s.")
        messages.error(request, words % {"items": ", ".join(error.items)})
        return here
    words = _("The visit is finished. Verified submission %(number)s is being scored.")
    messages.success(request, words % {"number": submission.number})
    return HttpResponseRedirect(reverse("cohort:company", args=[assessment.company_id]))


@dataclass(frozen=True)
class PostedGrade:
    """The decision about one item as a form states it."""

    decision: Decision
    answer: ItemAnswer | None
    remark: str
    seen_on_site: bool
    revision: int


def parse_grade(instrument: Instrument, code: str, data: QueryDict) -> PostedGrade:
    """Return what `data` decides about an item; raise `InvalidAnswer`."""
    revision = parse_revision(code, data.get("revision", ""))
    decision = data.get("decision", "")
    if decision not in Decision.values:
        raise InvalidAnswer(code, "decision", "empty", "there is no such decision")
    remark = data.get("remark", "").replace("\r\n", "\n").strip()
    answer = None
    if decision == Decision.CHANGED:
        answer = _parse_value(instrument, code, data.getlist("value"), remark)
    return PostedGrade(
        decision=Decision(decision),
        answer=answer,
        remark=remark,
        seen_on_site=bool(data.get("seen")),
        revision=revision,
    )


def _parse_value(instrument: Instrument, code: str, chosen: list[str], remark: str) -> ItemAnswer | None:
    if chosen == [NOT_APPLICABLE]:
        return ItemAnswer(AnswerState.NOT_APPLICABLE, reason=remark)
    if not chosen:
        return None
    value: Value = tuple(chosen) if instrument.get_item(code).kind == "multiple" else chosen[0]
    return ItemAnswer(AnswerState.ANSWERED, value=instrument.get_item(code).parse(value))


def _build_base_context(assessment: Assessment) -> dict[str, Any]:
    return {
        "nav": "queue",
        "assessment": assessment,
        "company": assessment.company,
        "company_name": get_company_name(get_language() or "en", assessment.company),
        "round": assessment.round,
        "can_begin": True,
    }


def _build_page_context(request: HttpRequest, assessment: Assessment, going_on: Visit) -> dict[str, Any]:
    user = get_signed_in_user(request)
    sheet = build_visit_page(user, going_on)
    return _build_base_context(assessment) | {
        "visit": going_on,
        "sheet": sheet,
        "current": sheet.next_open or sheet.panels[0],
        "whole_hints": _put_hints(user, sheet),
        "check": CountyCheck.objects.filter(assessment=assessment, outcome=CountyCheck.Outcome.RECOMMENDED)
        .select_related("checked_by")
        .first(),
        "decisions": list(Decision),
    }


def _put_hints(user: User, sheet: VisitPage) -> list[FlagDescription]:
    """Put the open flags beside their items; return those about the whole set."""
    known = get_known_companies(user, [flag for rows in sheet.flags.values() for flag in rows])
    for panel in sheet.panels:
        panel.hints.extend(describe_flag(flag, known) for flag in panel.flags)
    return [describe_flag(flag, known) for flag in sheet.flags.get("", [])]


def _render_panel(request: HttpRequest, assessment: Assessment, going_on: Visit, item: str) -> HttpResponse:
    page = _build_page_context(request, assessment, going_on)
    return render(
        request,
        "cohort/review/panel_reply.html",
        page | {"panel": page["sheet"].get_panel(item), "is_reply": True},
    )


def _render_refusal(request: HttpRequest, item: str, words: str, status: int, outcome: str) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        context = {"code": item, "message": words}
        return reply(render(request, "assessments/_refused.html", context, status=status), outcome)
    return render(
        request, "cohort/review/refused.html", {"nav": "queue", "code": item, "message": words}, status=status
    )


def _render_conflict(
    request: HttpRequest,
    assessment: Assessment,
    going_on: Visit,
    item: str,
    posted: PostedGrade,
    stale: StaleAnswer,
    *,
    is_script: bool,
) -> HttpResponse:
    sheet = build_visit_page(get_signed_in_user(request), going_on)
    panel = sheet.get_panel(item)
    mine = posted.answer if posted.decision == Decision.CHANGED else None
    context = _build_base_context(assessment) | {
        "panel": panel,
        "stored": stale.current,
        "mine": posted,
        "mine_lines": format_answer_lines(panel.item, mine) if mine else panel.own.lines,
        "mine_label": posted.decision.label,
        "theirs_lines": format_answer_lines(panel.item, stale.current.build_item_answer()),
        "values": request.POST.getlist("value"),
    }
    if is_script:
        return reply(render(request, "cohort/review/_conflict.html", context, status=409), "conflict")
    return render(request, "cohort/review/conflict.html", context, status=409)
