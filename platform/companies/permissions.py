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
from accounts.roles import COMPANY_ROLES, Verb, people_with, verbs_of
from companies.models import Company, Membership, Programme, ProgrammeRole, StandIn
from companies.models.scope import ABOUT_ABSORBED, current


class Forbidden(PermissionDenied):
    """The person may see the thing but not do this; `roles` are those that may."""

    def __init__(self, verb: Verb) -> None:
        self.verb = verb
        self.roles = people_with(verb)
        names = ", ".join(str(role.label) for role in self.roles)
        super().__init__(f"This needs the permission of: {names}.")


def verbs_in_company(user: User | AnonymousUser, company: Company) -> frozenset[Verb]:
    """All that the user may do towards this company; empty if it does not concern the user."""
    if not user.is_authenticated:
        return frozenset()
    memberships = Membership.objects.filter(current(), user=user)
    own = memberships.filter(company=company).values_list("role", flat=True)
    staff = (
        ProgrammeRole.objects.filter(current(), user=user, programme__listings__company=company)
        .filter(Q(area__isnull=True) | Q(area=company.reviewing_area))
        .values_list("role", flat=True)
    )
    verbs = verbs_of([*own, *staff])
    if company.merged_into_id is not None:
        heir = memberships.filter(company=company.merged_into_id).values_list("role", flat=True)
        verbs |= verbs_of(heir) & ABOUT_ABSORBED
    return verbs


def verbs_in_programme(user: User | AnonymousUser, programme: Programme) -> frozenset[Verb]:
    """All that the user may do in this programme."""
    if not user.is_authenticated:
        return frozenset()
    held = ProgrammeRole.objects.filter(current(), user=user, programme=programme)
    return verbs_of(held.values_list("role", flat=True))


def reaches_all_listed(user: User, programme: Programme, verb: Verb) -> bool:
    """Whether a role in the whole programme allows `verb`, so towards every company on its list.

    Then no company needs to be looked at for scope, which for a whole province takes longer than the rest.
    """
    held = ProgrammeRole.objects.filter(current(), user=user, programme=programme, area__isnull=True)
    return verb in verbs_of(held.values_list("role", flat=True))


def require(verbs: frozenset[Verb], verb: Verb) -> None:
    """Raise `Forbidden` unless `verb` is among what the person may do."""
    if verb not in verbs:
        raise Forbidden(verb)


def acted_for(user: User, company: Company) -> bool:
    """Whether the user has ever held a role of the company or of its provider, or answered on its behalf.

    Who answered, pre-scored or sold to a company never verifies it.
    """
    return companies_acted_for(user).filter(pk=company.pk).exists()


def companies_acted_for(user: User) -> QuerySet[Company]:
    """The companies that the user has ever answered, pre-scored or sold to, also standing in for another."""
    own = Membership.objects.filter(user=user, role__in=COMPANY_ROLES)
    stood_in = StandIn.objects.filter(user=user)
    return Company.objects.filter(Q(pk__in=own.values("company")) | Q(pk__in=stood_in.values("company")))
