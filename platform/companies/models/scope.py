"""Who may do what, asked in two ways that must agree.

`permissions_in_company` answers for one company, `build_company_condition` for all of them in the database; the same
for programmes. Both follow the table in `accounts.roles`, and the halves of one rule stand one below the other here.
A test compares them for every role and permission, over expiry, area, lists and mergers.

What each scope of a role reaches is a `Reach`; a role of a new scope adds one to `REACHES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Now

from accounts.models import User
from accounts.roles import (
    ABOUT_ABSORBED,
    NO_VERB,
    Permission,
    Scope,
    combine_permissions,
    list_granting_roles,
)
from companies.models.listing import Listing
from companies.models.people import Membership, ProgrammeRole

if TYPE_CHECKING:
    from companies.models.company import Company
    from companies.models.programme import Programme

NOTHING = Q(pk__in=[])


def build_current_condition() -> Q:
    """Build a condition on a role: it has not expired. For a role at hand, `is_current` says the same."""
    return Q(expires_at__isnull=True) | Q(expires_at__gt=Now())


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the roles of one scope reach: towards one company, and as a condition on `Company`."""

    find_permissions: Callable[[User, Company], frozenset[Permission]]
    build_condition: Callable[[User, Permission], Q]


def permissions_in_company(user: User | AnonymousUser, company: Company) -> frozenset[Permission]:
    """Return all that the user may do towards this company; empty if it does not concern the user. Two queries."""
    if not user.is_authenticated:
        return NO_VERB
    return NO_VERB.union(*(reach.find_permissions(user, company) for reach in REACHES.values()))


def build_company_condition(user: User | AnonymousUser, verb: Permission) -> Q:
    """Build a condition on `Company`: the user may do this towards it."""
    if not user.is_authenticated:
        return NOTHING
    reaching = [scope for scope in REACHES if list_granting_roles(verb, scope)]
    return reduce(or_, (REACHES[scope].build_condition(user, verb) for scope in reaching), NOTHING)


def permissions_in_programme(user: User | AnonymousUser, programme: Programme) -> frozenset[Permission]:
    """Return all that the user may do in this programme. One query."""
    if not user.is_authenticated:
        return NO_VERB
    held = ProgrammeRole.objects.filter(build_current_condition(), user=user, programme=programme)
    return combine_permissions(held.values_list("role", flat=True))


def build_programme_condition(user: User | AnonymousUser, verb: Permission) -> Q:
    """Build a condition on `Programme`: the user holds a role in it that allows this."""
    if not user.is_authenticated:
        return NOTHING
    return Q(Exists(select_programme_roles(verb).filter(user=user, programme=OuterRef("pk"))))


def can_reach_all_listed(user: User, programme: Programme, verb: Permission) -> bool:
    """Return whether a role in the whole programme allows this, so towards all companies listed.

    Then no company needs to be looked at for scope, which for a whole province takes longer than the rest.
    """
    held = ProgrammeRole.objects.filter(
        build_current_condition(), user=user, programme=programme, area__isnull=True
    )
    return verb in combine_permissions(held.values_list("role", flat=True))


def select_memberships(verb: Permission) -> QuerySet[Membership]:
    """Select the roles in companies, held today, that allow this."""
    roles = [role.value for role in list_granting_roles(verb, Scope.COMPANY)]
    return Membership.objects.filter(build_current_condition(), role__in=roles)


def select_programme_roles(verb: Permission) -> QuerySet[ProgrammeRole]:
    """Select the roles in programmes, held today, that allow this."""
    roles = [role.value for role in list_granting_roles(verb, Scope.PROGRAMME)]
    return ProgrammeRole.objects.filter(build_current_condition(), role__in=roles)


# By membership: the person's own companies, and those that they absorbed.


def _find_own_permissions(user: User, company: Company) -> frozenset[Permission]:
    """Return what the person may do as one of the company, or of the company that absorbed it."""
    held = dict(
        Membership.objects.filter(
            build_current_condition(), user=user, company__in={company.pk, company.merged_into_id} - {None}
        ).values_list("company", "role")
    )
    own, heir = (
        combine_permissions([held[pk]] if pk in held else []) for pk in (company.pk, company.merged_into_id)
    )
    return own | (heir & ABOUT_ABSORBED)


def _build_own_condition(user: User, verb: Permission) -> Q:
    # A person's few companies are looked up once, not once for each company that is read.
    joined = select_memberships(verb).filter(user=user).values("company")
    own = Q(pk__in=joined)
    return own | Q(merged_into__in=joined) if verb in ABOUT_ABSORBED else own


# By a role in a programme: the companies on its list, or those of them that are reviewed in the role's area.


def _find_listed_permissions(user: User, company: Company) -> frozenset[Permission]:
    """Return what the person may do as staff of a programme that lists the company."""
    held = ProgrammeRole.objects.filter(
        build_current_condition(), user=user, programme__listings__company=company
    ).filter(_build_area_condition(company.reviewing_area))
    return combine_permissions(held.values_list("role", flat=True))


def _build_listed_condition(user: User, verb: Permission) -> Q:
    # The same as `Company.reviewing_area`.
    area = Coalesce(OuterRef("company__functional_area"), OuterRef("company__division"))
    staff = (
        select_programme_roles(verb)
        .filter(user=user, programme=OuterRef("programme"))
        .filter(_build_area_condition(area))
    )
    return Q(Exists(Listing.objects.filter(Exists(staff), company=OuterRef("pk"))))


def _build_area_condition(area: object) -> Q:
    """Build a condition on a role in a programme: it holds for the whole of it, or for this area."""
    return Q(area__isnull=True) | Q(area=area)


REACHES: dict[Scope, Reach] = {
    Scope.COMPANY: Reach(_find_own_permissions, _build_own_condition),
    Scope.PROGRAMME: Reach(_find_listed_permissions, _build_listed_condition),
}
