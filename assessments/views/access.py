"""Finding the assessment a page is about, within what the person may see."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from accounts.roles import Verb
from assessments.answering.answer_sources import (
    entering_verb,
    is_provider,
    sheet_of,
    stands_in,
    submitting_verb,
)
from assessments.answering.reopening import given_back_of, items_open_under
from assessments.models import Assessment
from companies.permissions import require, verbs_in_company
from instrument import load


def user_of(request: HttpRequest) -> User:
    """The person signed in; pages that call this require one."""
    assert isinstance(request.user, User)
    return request.user


def find(
    request: HttpRequest, pk: uuid.UUID, verb: Verb = Verb.SEE_ANSWERS
) -> tuple[Assessment, frozenset[Verb]]:
    """The assessment and what the person may do towards its company.

    Out of scope is 404; in scope without `verb` is 403 that names whose permission is needed.
    """
    user = user_of(request)
    reachable = Assessment.objects.visible_to(user).select_related(
        "round__programme",
        "company__sector",
        "company__division",
        "company__functional_area",
    )
    assessment = get_object_or_404(reachable, pk=pk)
    verbs = verbs_in_company(user, assessment.company)
    require(verbs, verb)
    return assessment, verbs


def page_context(assessment: Assessment, verbs: frozenset[Verb], nav: str) -> dict[str, Any]:
    """What every page of an assessment gives its template."""
    # A provider's own values are not given back; they close with the round.
    given_back = None if is_provider(verbs) else given_back_of(assessment)
    open_items = items_open_under(assessment, given_back)
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
            args=[assessment.pk, load(assessment.round.instrument_version).sections[0].code],
        ),
        "sheet": sheet_of(verbs),
        "is_provider": is_provider(verbs),
        "can_answer": entering_verb(verbs) in verbs and can_change,
        "can_submit": submitting_verb(verbs) in verbs and can_change,
        "stands_in": stands_in(verbs),
        "can_upload": Verb.ANSWER in verbs and can_change,
        "open_items": open_items,
        "given_back": given_back,
        "can_invite": Verb.INVITE in verbs,
        "can_edit_company": Verb.EDIT_COMPANY in verbs,
        "can_plan": Verb.PLAN in verbs,
    }
