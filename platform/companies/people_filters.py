"""The filters of the list of people."""

from __future__ import annotations

import re

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter

from accounts.models import User
from accounts.roles import Role
from companies.models import Membership, ProgrammeRole
from companies.models.scope import build_current_condition
from companies.page_filters import PageFilters

STATES = (("open", _("Open accounts")), ("invited", _("Never signed in")), ("closed", _("Closed")))
# Fewer digits at the end of a phone number would match half of the people.
FEWEST_DIGITS = 4

People = QuerySet[User]


class PeopleFilters(PageFilters):
    """The filters of the list of people: a text, a role that they have now, the state of the account."""

    q = CharFilter(method="filter_text")
    role = ChoiceFilter(choices=Role.choices, method="filter_role")
    state = ChoiceFilter(choices=STATES, method="filter_state")

    def filter_text(self, people: People, name: str, value: str) -> People:
        """Match a name or address that contains it; digits also find the end of a phone number."""
        condition = Q(name__icontains=value) | Q(email__icontains=value)
        digits = re.sub(r"\D", "", value)
        if len(digits) >= FEWEST_DIGITS:
            condition |= Q(phone__endswith=digits)
        return people.filter(condition)

    def filter_role(self, people: People, name: str, value: str) -> People:
        """Keep people who have the role in a programme or a company now."""
        staff, members = (
            model._default_manager.filter(build_current_condition(), user=OuterRef("pk"), role=value)
            for model in (ProgrammeRole, Membership)
        )
        return people.filter(Q(Exists(staff)) | Q(Exists(members)))

    def filter_state(self, people: People, name: str, value: str) -> People:
        """Keep accounts that are open, open and never used, or closed."""
        if value == "invited":
            return people.filter(is_active=True, last_login__isnull=True)
        return people.filter(is_active=value == "open")
