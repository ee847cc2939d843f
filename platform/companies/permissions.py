"""Which roles a person holds towards a company or a programme, and what follows.

The one place where scope is decided: pages, files, exports and the API all start from `visible_to` or
`allowing` of a model's manager, which end here. What is out of scope is "not found"; what is in scope
without the verb is "forbidden" with the role that could.
"""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.roles import COMPANY_ROLES, Permission, combine_permissions, list_granting_person_roles
from companies.models import Company, Membership, Programme, ProgrammeRole, StandIn
from companies.models.scope import ABOUT_ABSORBED, build_current_condition


class Forbidden(PermissionDenied):
    """A refusal of what the person may see but not do; `roles` are those that may."""

    def __init__(self, verb: Permission) -> None:
        self.verb = verb
        self.roles = list_granting_person_roles(verb)
        names = ", ".join(str(role.label) for role in self.roles)
        super().__init__(f"This needs the permission of: {names}.")


def permissions_in_company(user: User | AnonymousUser, company: Company) -> frozenset[Permission]:
    """Return all that the user may do towards this company; empty if it does not concern the user."""
    if not user.is_authenticated:
        return frozenset()
    memberships = Membership.objects.filter(build_current_condition(), user=user)
    own = memberships.filter(company=company).values_list("role", flat=True)
    staff = (
        ProgrammeRole.objects.filter(
            build_current_condition(), user=user, programme__listings__company=company
        )
        .filter(Q(area__isnull=True) | Q(area=company.reviewing_area))
        .values_list("role", flat=True)
    )
    verbs = combine_permissions([*own, *staff])
    if company.merged_into_id is not None:
        heir = memberships.filter(company=company.merged_into_id).values_list("role", flat=True)
        verbs |= combine_permissions(heir) & ABOUT_ABSORBED
    return verbs


def permissions_in_programme(user: User | AnonymousUser, programme: Programme) -> frozenset[Permission]:
    """Return all that the user may do in this programme."""
    if not user.is_authenticated:
        return frozenset()
    held = ProgrammeRole.objects.filter(build_current_condition(), user=user, programme=programme)
    return combine_permissions(held.values_list("role", flat=True))


def can_reach_all_listed(user: User, programme: Programme, verb: Permission) -> bool:
    """Return whether a role in the whole programme allows this, so towards all companies listed.

    Then no company needs to be looked at for scope, which for a whole province takes longer than the rest.
    """
    held = ProgrammeRole.objects.filter(
        build_current_condition(), user=user, programme=programme, area__isnull=True
    )
    return verb in combine_permissions(held.values_list("role", flat=True))


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
