"""Scope as database conditions: which companies and programmes a person's roles reach."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, Now

from accounts.models import User
from accounts.roles import Permission, list_granting_roles
from companies.models.listing import Listing
from companies.models.people import Membership, ProgrammeRole


def build_current_condition() -> Q:
    """Build a condition on a role: it has not expired."""
    return Q(expires_at__isnull=True) | Q(expires_at__gt=Now())


# What the people of a company may do towards the companies that it absorbed.
ABOUT_ABSORBED = frozenset({Permission.SEE_COMPANY, Permission.SEE_ANSWERS})


def build_company_condition(user: User | AnonymousUser, verb: Permission) -> Q:
    """Build a condition on `Company`: the user may do this towards it."""
    if not user.is_authenticated:
        return Q(pk__in=[])
    roles = [role.value for role in list_granting_roles(verb)]
    # A person's few companies are looked up once, not once for each company that is read.
    joined = Membership.objects.filter(build_current_condition(), user=user, role__in=roles).values("company")
    own = Q(pk__in=joined)
    if verb in ABOUT_ABSORBED:
        own |= Q(merged_into__in=joined)
    staff = ProgrammeRole.objects.filter(
        build_current_condition(), user=user, role__in=roles, programme=OuterRef("programme")
    ).filter(
        Q(area__isnull=True)
        | Q(area=Coalesce(OuterRef("company__functional_area"), OuterRef("company__division")))
    )
    listed = Listing.objects.filter(Exists(staff), company=OuterRef("pk"))
    return own | Q(Exists(listed))


def build_programme_condition(user: User | AnonymousUser, verb: Permission) -> Q:
    """Build a condition on `Programme`: the user holds a role in it that allows this."""
    if not user.is_authenticated:
        return Q(pk__in=[])
    roles = [role.value for role in list_granting_roles(verb)]
    return Q(
        Exists(
            ProgrammeRole.objects.filter(
                build_current_condition(), user=user, role__in=roles, programme=OuterRef("pk")
            )
        )
    )
