"""Finding the assessment a page is about, within what the person may see."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from assessments.answering.answer_sources import (
    answers_on_behalf,
    get_answer_source,
    get_entering_permission,
    get_submitting_permission,
    is_provider,
)
from assessments.answering.reopening import compute_open_items, find_given_back
from assessments.models import Assessment
from companies.permissions import permissions_in_company, require
from instrument import load_instrument


def get_signed_in_user(request: HttpRequest) -> User:
    """Return the person signed in; pages that call this require one."""
    assert isinstance(request.user, User)
    return request.user


def get_assessment(
    request: HttpRequest, pk: uuid.UUID, verb: Permission = Permission.SEE_ANSWERS
) -> tuple[Assessment, frozenset[Permission]]:
    """Return the assessment and what the person may do towards its company.

    Out of scope is 404; in scope without `verb` is 403 that names whose permission is needed.
    """
    user = get_signed_in_user(request)
    reachable = Assessment.objects.visible_to(user).select_related(
        "round__programme",
        "company__sector",
        "company__division",
        "company__functional_area",
    )
    assessment = get_object_or_404(reachable, pk=pk)
    verbs = permissions_in_company(user, assessment.company)
    require(verbs, verb)
    return assessment, verbs


def build_page_context(assessment: Assessment, verbs: frozenset[Permission], nav: str) -> dict[str, Any]:
    """Return what every page of an assessment gives its template."""
    # A provider's own values are not given back; they close with the round.
    given_back = None if is_provider(verbs) else find_given_back(assessment)
    open_items = compute_open_items(assessment, given_back)
    if is_provider(verbs):
        open_items = None if assessment.can_change else frozenset()
    can_change = open_items is None or bool(open_items)
    return {
        "nav": nav,
        "assessment": assessment,
        "company": assessment.company,
        "round": assessment.round,
        "questionnaire_url": reverse(
            "assessments:section",
            args=[assessment.pk, load_instrument(assessment.round.instrument_version).sections[0].code],
        ),
        "sheet": get_answer_source(verbs),
        "is_provider": is_provider(verbs),
        "can_answer": get_entering_permission(verbs) in verbs and can_change,
        "can_submit": get_submitting_permission(verbs) in verbs and can_change,
        "stands_in": answers_on_behalf(verbs),
        "can_upload": Permission.ANSWER in verbs and can_change,
        "open_items": open_items,
        "given_back": given_back,
        "can_invite": Permission.INVITE in verbs,
        "can_edit_company": Permission.EDIT_COMPANY in verbs,
        "can_plan": Permission.PLAN in verbs,
    }
