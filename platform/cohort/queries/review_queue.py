"""What waits for reviewers: assessments by the step they wait at, with counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from assessments.models import Appeal, Assessment, Flag, Return, ReviewAssignment, Round, Visit

PER_PAGE = 25
COUNTY, ASSESSOR = ReviewAssignment.Kind.COUNTY, ReviewAssignment.Kind.ASSESSOR


@dataclass(frozen=True)
class ReviewStep:
    """A step at which assessments wait, its condition, and what is listed first."""

    code: str
    label: object
    condition: Q
    order: str


STEPS = (
    ReviewStep(
        "check",
        _("To check"),
        Q(
            submitted_at__isnull=False,
            recommended_at__isnull=True,
            verified_at__isnull=True,
            given_back=False,
        ),
        "submitted_at",
    ),
    ReviewStep("returned", _("Returned"), Q(given_back=True), "submitted_at"),
    ReviewStep(
        "visit",
        _("To visit"),
        Q(recommended_at__isnull=False, verified_at__isnull=True, on_site=False),
        "recommended_at",
    ),
    ReviewStep("visiting", _("Visit begun"), Q(on_site=True), "recommended_at"),
    ReviewStep("appeal", _("Appeals"), Q(appealing=True), "verified_at"),
    ReviewStep(
        "accept",
        _("To accept"),
        Q(verified_at__isnull=False, accepted_at__isnull=True, appealing=False),
        "verified_at",
    ),
    ReviewStep("accepted", _("Accepted"), Q(accepted_at__isnull=False), "-accepted_at"),
)


@dataclass(frozen=True)
class Queue:
    """The assessments of a round that a reviewer may see; `mine` keeps those assigned to the reviewer."""

    user: User
    round: Round
    mine: bool
    area: str

    @property
    def found(self) -> QuerySet[Assessment]:
        """All of them, whatever the step."""
        rows: QuerySet[Assessment] = (
            Assessment.objects.allowing(self.user, Permission.SEE_FLAGS)
            .filter(round=self.round, closed_at__isnull=True)
            .alias(
                given_back=Exists(Return.objects.filter(assessment=OuterRef("pk"), closed_at__isnull=True)),
                on_site=Exists(Visit.objects.filter(assessment=OuterRef("pk"), finished_at__isnull=True)),
                appealing=Exists(Appeal.objects.filter(assessment=OuterRef("pk"), decided_at__isnull=True)),
            )
        )
        if self.mine:
            rows = rows.filter(
                Exists(ReviewAssignment.objects.filter(assessment=OuterRef("pk"), user=self.user))
            )
        if self.area:
            rows = rows.filter(
                Q(company__division__code=self.area) | Q(company__functional_area__code=self.area)
            )
        return rows

    def count_steps(self) -> dict[str, int]:
        """Count how many wait at each step; one query."""
        return self.found.aggregate(**{step.code: Count("pk", filter=step.condition) for step in STEPS})

    def get_page(self, step: ReviewStep, number: str) -> Page[Any]:
        """Return the assessments that wait at a step, longest waiting first; two queries."""
        open_flags = (
            Flag.objects.filter_open()
            .filter(assessment=OuterRef("pk"))
            .order_by()
            .values("assessment")
            .annotate(number=Count("pk"))
            .values("number")
        )

        def select_assigned(kind: ReviewAssignment.Kind) -> Subquery:
            return Subquery(
                ReviewAssignment.objects.filter(assessment=OuterRef("pk"), kind=kind).values("user__name")[:1]
            )

        rows = (
            self.found.filter(step.condition)
            .select_related(
                "company__division", "company__functional_area", "self_run", "verified_run", "round"
            )
            .annotate(
                open_flags=Subquery(open_flags),
                reviewer=select_assigned(COUNTY),
                assessor=select_assigned(ASSESSOR),
            )
            .order_by(step.order, "pk")
        )
        return Paginator(rows, PER_PAGE).get_page(number)
