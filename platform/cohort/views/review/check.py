"""The county's check of one submission: recommend it to the city, or give items back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.roles import Permission
from assessments.actions import county
from assessments.answering import queries
from assessments.answering.questions import format_answer_lines
from assessments.answering.reopening import find_open_return
from assessments.models import Assessment, CountyCheck, Evidence, Flag, Return
from assessments.reviewing.conflicts_of_interest import find_company_conflicts_of_interest
from assessments.views.access import get_assessment, get_signed_in_user
from cohort.views.review.flag_labels import FlagDescription, describe_flag, get_known_companies
from companies.models import Listing
from companies.names import get_company_name
from instrument import Dimension, Item, load_instrument

# The name of the field beside each item, after its code.
REMARK = "-comment"


@dataclass(frozen=True, slots=True)
class SubmissionItemRow:
    """One item of the submission; `is_ticked` and `remark` are what the reviewer has typed so far."""

    item: Item
    lines: Sequence[str]
    comment: str
    files: Sequence[Evidence]
    flags: Sequence[FlagDescription]
    is_ticked: bool
    remark: str


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_county_check(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the submission with everything a county looks at; POST recommends it or gives items back."""
    assessment, _verbs = get_assessment(request, pk, Permission.REVIEW)
    user = get_signed_in_user(request)
    if request.method == "POST":
        return _apply_post(request, assessment, user)
    return render(request, "cohort/review/check.html", _build_context(user, assessment))


def _apply_post(request: HttpRequest, assessment: Assessment, user: User) -> HttpResponse:
    comment = request.POST.get("comment", "")
    chosen = {code: request.POST.get(f"{code}{REMARK}", "") for code in request.POST.getlist("items")}
    try:
        if request.POST.get("outcome") == "recommend":
            county.recommend_submission(assessment=assessment, comment=comment, by=user)
            messages.success(request, _("Recommended to the city. An assessor will visit."))
        else:
            county.return_items(assessment=assessment, items=chosen, comment=comment, by=user)
            messages.success(
                request, _("Returned. The company can change the items you named and submit again.")
            )
    except county.NothingToCheck:
        messages.error(request, _("This submission does not wait for the county any more."))
    except county.NoItems:
        # What was typed beside an item that is not ticked is kept too: the tick may be all that is missing.
        typed = {
            name.removesuffix(REMARK): request.POST[name] for name in request.POST if name.endswith(REMARK)
        }
        context = _build_context(user, assessment, ticked=frozenset(chosen), typed=typed) | {
            "problem": _("Tick at least one item, and write what the company should look at."),
            "comment": comment,
        }
        return render(request, "cohort/review/check.html", context, status=422)
    return HttpResponseRedirect(reverse("cohort:queue") + "?step=check")


def _build_context(
    user: User,
    assessment: Assessment,
    *,
    ticked: frozenset[str] = frozenset(),
    typed: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    remarks = typed or {}
    instrument = load_instrument(assessment.round.instrument_version)
    submission = queries.find_latest_submission(assessment)
    answers = submission.read_answers() if submission else {}
    flags = list(Flag.objects.visible_to(user).filter(assessment=assessment).filter_open())
    known = get_known_companies(user, flags)
    files: dict[str, list[Evidence]] = {}
    for file in assessment.evidence.exclude_removed():
        files.setdefault(file.item, []).append(file)
    hints: dict[str, list[FlagDescription]] = {}
    for flag in flags:
        hints.setdefault(flag.item, []).append(describe_flag(flag, known))

    def list_rows(dimension: Dimension) -> list[SubmissionItemRow]:
        return [
            SubmissionItemRow(
                item=instrument.get_item(code),
                lines=format_answer_lines(instrument.get_item(code), answers.get(code)),
                comment=answers[code].comment if code in answers else "",
                files=files.get(code, []),
                flags=hints.get(code, []),
                is_ticked=code in ticked,
                remark=remarks.get(code, ""),
            )
            for code in dimension.items
        ]

    return {
        "nav": "queue",
        "assessment": assessment,
        "company": assessment.company,
        "company_name": get_company_name(get_language() or "en", assessment.company),
        "round": assessment.round,
        "submission": submission,
        "run": assessment.self_run,
        "dimensions": [(dimension, list_rows(dimension)) for dimension in instrument.dimensions],
        "hints": hints.get("", []),
        "flag_count": len(flags),
        "listing": Listing.objects.filter(
            programme=assessment.round.programme_id, company=assessment.company_id
        ).first(),
        "checks": list(
            CountyCheck.objects.filter(assessment=assessment).select_related("checked_by", "submission")
        ),
        "returns": list(
            Return.objects.filter(assessment=assessment)
            .select_related("returned_by")
            .prefetch_related("items")
        ),
        "waits": (
            submission is not None
            and assessment.recommended_at is None
            and assessment.verified_at is None
            and find_open_return(assessment) is None
        ),
        "ties": find_company_conflicts_of_interest(user, assessment),
    }
