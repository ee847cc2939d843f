"""Who can review which assessment."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.roles import Role
from assessments.models import Assessment, ReviewAssignment
from companies.models import Programme, ProgrammeRole
from companies.models.scope import current
from companies.permissions import acted_for

ROLE_OF_KIND = {
    ReviewAssignment.Kind.COUNTY: Role.COUNTY_REVIEWER,
    ReviewAssignment.Kind.ASSESSOR: Role.ASSESSOR,
}


def reviewers(programme: Programme, kind: ReviewAssignment.Kind) -> QuerySet[User]:
    """The people who hold the role of this kind of review in the programme, by name."""
    held = ProgrammeRole.objects.filter(current(), programme=programme, role=ROLE_OF_KIND[kind].value)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name", "pk")


def may_be_assigned(user: User, kind: ReviewAssignment.Kind, assessment: Assessment) -> bool:
    """Whether the person holds the role towards this company and has never acted for it."""
    held = ProgrammeRole.objects.filter(
        current(),
        Q(area__isnull=True) | Q(area=assessment.company.reviewing_area),
        user=user,
        programme=assessment.round.programme_id,
        role=ROLE_OF_KIND[kind].value,
    )
    return user.is_active and held.exists() and not acted_for(user, assessment.company)
