"""Scope as database conditions: which companies and programmes a person's roles reach."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, Now

from accounts.models import User
from accounts.roles import Verb, roles_with
from companies.models.listing import Listing
from companies.models.people import Membership, ProgrammeRole


def current() -> Q:
    """A condition on a role: it has not expired."""
    return Q(expires_at__isnull=True) | Q(expires_at__gt=Now())


# What the people of a company may do towards the companies that it absorbed.
ABOUT_ABSORBED = frozenset({Verb.SEE_COMPANY, Verb.SEE_ANSWERS})


def companies_allowing(user: User | AnonymousUser, verb: Verb) -> Q:
    """A condition on `Company`: the user may do `verb` towards it."""
    if not user.is_authenticated:
        return Q(pk__in=[])
    roles = [role.value for role in roles_with(verb)]
    # A person's few companies are looked up once, not once for each company that is read.
    joined = Membership.objects.filter(current(), user=user, role__in=roles).values("company")
    own = Q(pk__in=joined)
    if verb in ABOUT_ABSORBED:
        own |= Q(merged_into__in=joined)
    staff = ProgrammeRole.objects.filter(
        current(), user=user, role__in=roles, programme=OuterRef("programme")
    ).filter(
        Q(area__isnull=True)
        | Q(area=Coalesce(OuterRef("company__functional_area"), OuterRef("company__division")))
    )
    listed = Listing.objects.filter(Exists(staff), company=OuterRef("pk"))
    return own | Q(Exists(listed))


def programmes_allowing(user: User | AnonymousUser, verb: Verb) -> Q:
    """A condition on `Programme`: the user holds a role in it that allows `verb`."""
    if not user.is_authenticated:
        return Q(pk__in=[])
    roles = [role.value for role in roles_with(verb)]
    return Q(
        Exists(ProgrammeRole.objects.filter(current(), user=user, role__in=roles, programme=OuterRef("pk")))
    )
