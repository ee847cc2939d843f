"""Who can review which assessment."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Role
from assessments.models import Assessment, ReviewAssignment
from companies.models import Programme, ProgrammeRole
from companies.models.scope import current
from companies.permissions import companies_acted_for

ROLE_OF_KIND = {
    ReviewAssignment.Kind.COUNTY: Role.COUNTY_REVIEWER,
    ReviewAssignment.Kind.ASSESSOR: Role.ASSESSOR,
}


def reviewers(programme: Programme, kind: ReviewAssignment.Kind) -> QuerySet[User]:
    """The people who hold the role of this kind of review in the programme, by name."""
    held = ProgrammeRole.objects.filter(current(), programme=programme, role=ROLE_OF_KIND[kind].value)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name", "pk")


def assignable(user: User, kind: ReviewAssignment.Kind, assessments: Sequence[Assessment]) -> set[UUID]:
    """Those that may be handed to the person: who holds the role towards the company and never acted for it.

    Two queries, however many there are, if they come with `round` and the areas of `company`.
    """
    if not user.is_active:
        return set()
    held = set(
        ProgrammeRole.objects.filter(
            current(),
            user=user,
            programme__in={row.round.programme_id for row in assessments},
            role=ROLE_OF_KIND[kind].value,
        ).values_list("programme", "area")
    )
    acted_for = set(
        companies_acted_for(user)
        .filter(pk__in={row.company_id for row in assessments})
        .values_list("pk", flat=True)
    )
    return {
        row.pk
        for row in assessments
        if row.company_id not in acted_for
        and not held.isdisjoint(
            ((row.round.programme_id, None), (row.round.programme_id, row.company.reviewing_area.pk))
        )
    }


def may_be_assigned(user: User, kind: ReviewAssignment.Kind, assessment: Assessment) -> bool:
    """Whether the person holds the role towards this company and has never acted for it."""
    return assessment.pk in assignable(user, kind, [assessment])
