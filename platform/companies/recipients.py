"""Who of a company is told something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from accounts.models import User
from accounts.roles import Role
from companies.models import Membership
from companies.models.scope import current

DECIDING = (Role.OWNER, Role.DELEGATE)


def deciding_people(companies: Iterable[UUID]) -> dict[UUID, list[User]]:
    """The owners and delegates of each company; its members where it has neither. One query.

    People who have left, roles that are over and service providers are left out.
    """
    held = (
        Membership.objects.filter(current(), company__in=list(companies), user__is_active=True)
        .exclude(role=Role.PROVIDER)
        .select_related("user")
    )
    deciding: dict[UUID, list[User]] = defaultdict(list)
    members: dict[UUID, list[User]] = defaultdict(list)
    for membership in held:
        found = deciding if membership.role in DECIDING else members
        found[membership.company_id].append(membership.user)
    return {**members, **deciding}
