"""Who takes part in an assessment: access, what each has answered, and a provider's companies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from accounts.models import User
from accounts.roles import COMPANY_ROLES, Role
from assessments.answering.answer_sources import AnswerSource
from assessments.models import Assessment, PreScore, Submission
from assessments.models.answer import AnswerContent
from assessments.models.answered import build_answered_condition
from companies.models import Company, Membership
from instrument import load_instrument


def list_people_with_access(company: Company) -> list[Membership]:
    """List everybody who holds a role in the company today, providers last; one query."""
    order = [role.value for role in COMPANY_ROLES]
    found = company.memberships.filter(user__is_active=True).select_related("user")
    return sorted(
        (membership for membership in found if membership.is_current),
        key=lambda membership: order.index(membership.role),
    )


def count_answers_by_person(assessment: Assessment) -> list[tuple[str, int, datetime]]:
    """Count the present answers that each person has given, with the time of the latest; one query."""
    rows = (
        assessment.answers.filter(answered_by__isnull=False)
        .values("answered_by__name")
        .annotate(count=Count("pk"), latest=Max("answered_at"))
        .order_by("-latest")
    )
    return [(row["answered_by__name"], row["count"], row["latest"]) for row in rows]


def list_item_values(assessment: Assessment, item: str, sheet: AnswerSource) -> list[AnswerContent]:
    """Return the present value of an item and all that it was, the latest first; two queries."""
    found: list[AnswerContent] = []
    for table in (sheet.present, sheet.history):
        rows = table._default_manager.filter(assessment=assessment, item=item)
        found += rows.select_related("answered_by").order_by("-revision")
    return found


@dataclass(frozen=True)
class Prescored:
    """A company that lets a provider in: its latest round, until when, and how far the provider's values are."""

    assessment: Assessment
    until: datetime | None
    answered: int
    total: int
    submission: Submission | None


def list_prescored_companies(user: User) -> list[Prescored]:
    """List the companies in which the user is a provider today, with the latest round of each; four queries."""
    grants = {
        membership.company_id: membership
        for membership in Membership.objects.filter(user=user, role=Role.PROVIDER.value)
        if membership.is_current
    }
    assessments = (
        Assessment.objects.filter(company__in=grants)
        .select_related("company", "round")
        .order_by("round__opens_at")
    )
    latest = {assessment.company_id: assessment for assessment in assessments}
    counts = dict(
        PreScore.objects.filter(build_answered_condition(), assessment__in=latest.values())
        .values_list("assessment")
        .annotate(count=Count("pk"))
    )
    submitted = {
        submission.assessment_id: submission
        for submission in Submission.objects.filter_counting()
        .filter(assessment__in=latest.values(), kind=Submission.Kind.PROVIDER)
        .defer("content", "vector")
    }
    return [
        Prescored(
            assessment,
            grants[assessment.company_id].expires_at,
            counts.get(assessment.pk, 0),
            len(load_instrument(assessment.round.instrument_version).items),
            submitted.get(assessment.pk),
        )
        for assessment in sorted(latest.values(), key=lambda row: row.company.name)
    ]
