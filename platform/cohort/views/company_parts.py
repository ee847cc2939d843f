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
from accounts.roles import Permission
from assessments.notifications.conversation import count_unread_company_messages
from assessments.views.access import get_signed_in_user
from companies.models import Company
from companies.models.scope import build_company_condition
from companies.names import get_company_name
from companies.permissions import permissions_in_company, require

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Tab:
    """One part of the file."""

    code: str
    words: str
    url: str
    # What is new for the person there.
    new: int = 0


def get_company_access(request: HttpRequest, pk: uuid.UUID) -> tuple[User, Company, frozenset[Permission]]:
    """Return the person, the company, and what the person may do towards it; 404 or 403 for others."""
    user = get_signed_in_user(request)
    reachable = build_company_condition(user, Permission.SEE_COMPANY) | build_company_condition(
        user, Permission.SEE_COHORT
    )
    found = get_object_or_404(
        Company.objects.filter(reachable).select_related(
            "division", "functional_area", "sector", "key_industry"
        ),
        pk=pk,
    )
    verbs = permissions_in_company(user, found)
    require(verbs, Permission.SEE_COHORT)
    require(verbs, Permission.SEE_COMPANY)
    return user, found, verbs


def build_file_context(
    user: User, company: Company, verbs: frozenset[Permission], tab: str
) -> dict[str, Any]:
    """Return what every part of the file gives its template."""
    return {
        "nav": "companies",
        "company": company,
        "company_name": get_company_name(get_language() or "en", company),
        "tab": tab,
        "tabs": list_tabs(user, company, verbs),
    }


def list_tabs(user: User, company: Company, verbs: frozenset[Permission]) -> list[Tab]:
    """Return the parts that the person may open; one query for what is new."""
    parts = [
        (Permission.SEE_COHORT, "file", _("Results and answers"), "cohort:company"),
        (Permission.SEE_ANSWERS, "papers", _("Evidence and papers"), "cohort:papers"),
        (Permission.READ_MESSAGES, "messages", _("Messages"), "cohort:company_messages"),
        (Permission.SEE_COHORT, "contacts", _("Contacts"), "cohort:contacts"),
        (Permission.SEE_COHORT, "timeline", _("Timeline"), "cohort:timeline"),
        (Permission.EDIT_COMPANY, "profile", _("Profile"), "cohort:profile"),
    ]
    new = count_unread_company_messages(company, user) if Permission.READ_MESSAGES in verbs else 0
    return [
        Tab(code, words, reverse(name, args=[company.pk]), new if code == "messages" else 0)
        for verb, code, words, name in parts
        if verb in verbs
    ]
