"""What all parts of a company's file share: who may open it, and the tabs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Verb
from assessments.notifications.conversation import unread_of_company
from assessments.views.access import user_of
from companies.models import Company
from companies.models.scope import companies_allowing
from companies.names import name_in
from companies.permissions import require, verbs_in_company

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Tab:
    """One part of the file."""

    code: str
    words: str
    url: str
    # What is new for the person there.
    new: int = 0


def company_of(request: HttpRequest, pk: uuid.UUID) -> tuple[User, Company, frozenset[Verb]]:
    """The person, the company, and what the person may do towards it; 404 or 403 for others."""
    user = user_of(request)
    reachable = companies_allowing(user, Verb.SEE_COMPANY) | companies_allowing(user, Verb.SEE_COHORT)
    found = get_object_or_404(
        Company.objects.filter(reachable).select_related(
            "division", "functional_area", "sector", "key_industry"
        ),
        pk=pk,
    )
    verbs = verbs_in_company(user, found)
    require(verbs, Verb.SEE_COHORT)
    require(verbs, Verb.SEE_COMPANY)
    return user, found, verbs


def frame(user: User, company: Company, verbs: frozenset[Verb], tab: str) -> dict[str, Any]:
    """What every part of the file gives its template."""
    return {
        "nav": "companies",
        "company": company,
        "company_name": name_in(get_language() or "en", company),
        "tab": tab,
        "tabs": tabs_of(user, company, verbs),
    }


def tabs_of(user: User, company: Company, verbs: frozenset[Verb]) -> list[Tab]:
    """The parts that the person may open; one query for what is new."""
    parts = [
        (Verb.SEE_COHORT, "file", _("Results and answers"), "cohort:company"),
        (Verb.SEE_ANSWERS, "papers", _("Evidence and papers"), "cohort:papers"),
        (Verb.READ_MESSAGES, "messages", _("Messages"), "cohort:company_messages"),
        (Verb.SEE_COHORT, "contacts", _("Contacts"), "cohort:contacts"),
        (Verb.SEE_COHORT, "timeline", _("Timeline"), "cohort:timeline"),
        (Verb.EDIT_COMPANY, "profile", _("Profile"), "cohort:profile"),
    ]
    new = unread_of_company(company, user) if Verb.READ_MESSAGES in verbs else 0
    return [
        Tab(code, words, reverse(name, args=[company.pk]), new if code == "messages" else 0)
        for verb, code, words, name in parts
        if verb in verbs
    ]
