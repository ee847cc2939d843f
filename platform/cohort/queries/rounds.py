"""The rounds of a programme with how far their companies have come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from assessments.models import Assessment, Round
from assessments.rounds.opening import missing
from assessments.tasks.rounds import opening_key
from companies.models import Programme
from jobs.models import Job


@dataclass(frozen=True, slots=True)
class RoundFigures:
    """A round and counts of its companies; those that left since are not among them."""

    round: Round
    companies: int
    invited: int
    started: int
    submitted: int
    extended: int


def rounds_of(programme: Programme) -> list[RoundFigures]:
    """The rounds in order with their counts; one query."""
    counts = Count("assessments", filter=Q(assessments__closed_at__isnull=True))

    def reached(column: str) -> Count:
        return Count(
            "assessments",
            filter=Q(assessments__closed_at__isnull=True, **{f"assessments__{column}__isnull": False}),
        )

    found: QuerySet[Any] = (
        Round.objects.filter(programme=programme)
        .order_by("code")
        .annotate(
            companies=counts,
            invited=reached("invited_at"),
            started=reached("started_at"),
            submitted=reached("submitted_at"),
            extended=reached("extended_until"),
        )
    )
    return [
        RoundFigures(row, row.companies, row.invited, row.started, row.submitted, row.extended)
        for row in found
    ]


def figures_of(round_: Round) -> RoundFigures:
    """One round with its counts."""
    return next(row for row in rounds_of(round_.programme) if row.round.pk == round_.pk)


def opening_job(round_: Round) -> Job | None:
    """The latest job that made assessments of the round."""
    return Job.objects.filter(key__startswith=opening_key(round_)).order_by("-created_at").first()


def extended(round_: Round) -> list[Assessment]:
    """Assessments with an extension, the ones that end first before others."""
    return list(
        Assessment.objects.filter(round=round_, extended_until__isnull=False, closed_at__isnull=True)
        .select_related("company", "round")
        .order_by("extended_until", "company__name")
    )


def not_in_round(round_: Round) -> int:
    """How many listed companies have no assessment in the round."""
    return len(missing(round_))
