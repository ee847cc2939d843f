"""Who of a company or a programme is told something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Permission, Role
from companies.models import Membership, Programme
from companies.models.scope import build_current_condition, select_programme_roles

DECIDING = (Role.OWNER, Role.DELEGATE)


def list_deciding_people(companies: Iterable[UUID]) -> dict[UUID, list[User]]:
    """List the owners and delegates of each company; its members where it has neither. One query.

    People who have left, roles that are over and service providers are left out.
    """
    held = (
        Membership.objects.filter(
            build_current_condition(), company__in=list(companies), user__is_active=True
        )
        .exclude(role=Role.PROVIDER)
        .select_related("user")
    )
    deciding: dict[UUID, list[User]] = defaultdict(list)
    members: dict[UUID, list[User]] = defaultdict(list)
    for membership in held:
        found = deciding if membership.role in DECIDING else members
        found[membership.company_id].append(membership.user)
    return {**members, **deciding}


def list_permitted_staff(programme: Programme, verb: Permission) -> QuerySet[User]:
    """List the people whose role in the programme allows this; roles that are over do not count."""
    held = select_programme_roles(verb).filter(programme=programme)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name", "pk")
