"""What pages, files, exports and the API ask before they show or do something, and how it is refused.

All of them start from `visible_to` or `allowing` of a model's manager; what is out of scope is "not found", what is
in scope without the permission is "forbidden" with the role that could. The rule itself is in `companies.models.scope`.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.roles import COMPANY_ROLES, Permission, list_granting_person_roles
from companies.models import Company, Membership, StandIn
from companies.models.scope import can_reach_all_listed, permissions_in_company, permissions_in_programme

__all__ = [
    "Forbidden",
    "can_reach_all_listed",
    "has_represented",
    "list_represented_companies",
    "permissions_in_company",
    "permissions_in_programme",
    "require",
]


class Forbidden(PermissionDenied):
    """A refusal of what the person may see but not do; `roles` are those that may."""

    def __init__(self, verb: Permission) -> None:
        self.verb = verb
        self.roles = list_granting_person_roles(verb)
        names = ", ".join(str(role.label) for role in self.roles)
        super().__init__(f"This needs the permission of: {names}.")


def require(verbs: frozenset[Permission], verb: Permission) -> None:
    """Raise `Forbidden` unless `verb` is among what the person may do."""
    if verb not in verbs:
        raise Forbidden(verb)


def has_represented(user: User, company: Company) -> bool:
    """Return whether the user ever held a role of the company or its provider, or answered for it.

    Who answered, pre-scored or sold to a company never verifies it.
    """
    return list_represented_companies(user).filter(pk=company.pk).exists()


def list_represented_companies(user: User) -> QuerySet[Company]:
    """List the companies that the user ever answered for, pre-scored or sold to, also on behalf."""
    own = Membership.objects.filter(user=user, role__in=COMPANY_ROLES)
    stood_in = StandIn.objects.filter(user=user)
    return Company.objects.filter(Q(pk__in=own.values("company")) | Q(pk__in=stood_in.values("company")))
