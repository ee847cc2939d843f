"""Who can review which assessment."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Role
from assessments.models import Assessment, ReviewAssignment
from companies.models import Programme, ProgrammeRole
from companies.models.scope import build_current_condition
from companies.permissions import list_represented_companies

ROLE_OF_KIND = {
    ReviewAssignment.Kind.COUNTY: Role.COUNTY_REVIEWER,
    ReviewAssignment.Kind.ASSESSOR: Role.ASSESSOR,
}


def list_reviewers(programme: Programme, kind: ReviewAssignment.Kind) -> QuerySet[User]:
    """List the people who hold the role of this kind of review in the programme, by name."""
    held = ProgrammeRole.objects.filter(
        build_current_condition(), programme=programme, role=ROLE_OF_KIND[kind].value
    )
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name", "pk")


def list_assignable_assessments(
    user: User, kind: ReviewAssignment.Kind, assessments: Sequence[Assessment]
) -> set[UUID]:
    """Return those that may be handed to the person: who holds the role there and never acted for the company.

    Two queries, however many there are, if they come with `round` and the areas of `company`.
    """
    if not user.is_active:
        return set()
    held = set(
        ProgrammeRole.objects.filter(
            build_current_condition(),
            user=user,
            programme__in={row.round.programme_id for row in assessments},
            role=ROLE_OF_KIND[kind].value,
        ).values_list("programme", "area")
    )
    acted_for = set(
        list_represented_companies(user)
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
    """Return whether the person holds the role towards this company and has never acted for it."""
    return assessment.pk in list_assignable_assessments(user, kind, [assessment])
