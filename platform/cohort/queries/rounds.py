"""The rounds of a programme with how far their companies have come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from assessments.models import Assessment, Round
from assessments.rounds.opening import list_missing_companies
from assessments.tasks.rounds import build_opening_key
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


def list_round_figures(programme: Programme) -> list[RoundFigures]:
    """List the rounds in order with their counts; one query."""
    counts = Count("assessments", filter=Q(assessments__closed_at__isnull=True))

    def count_reached(column: str) -> Count:
        return Count(
            "assessments",
            filter=Q(assessments__closed_at__isnull=True, **{f"assessments__{column}__isnull": False}),
        )

    found: QuerySet[Any] = (
        Round.objects.filter(programme=programme)
        .order_by("code")
        .annotate(
            companies=counts,
            invited=count_reached("invited_at"),
            started=count_reached("started_at"),
            submitted=count_reached("submitted_at"),
            extended=count_reached("extended_until"),
        )
    )
    return [
        RoundFigures(row, row.companies, row.invited, row.started, row.submitted, row.extended)
        for row in found
    ]


def get_round_figures(round_: Round) -> RoundFigures:
    """Return one round with its counts."""
    return next(row for row in list_round_figures(round_.programme) if row.round.pk == round_.pk)


def find_opening_job(round_: Round) -> Job | None:
    """Return the latest job that made assessments of the round."""
    return Job.objects.filter(key__startswith=build_opening_key(round_)).order_by("-created_at").first()


def list_extended(round_: Round) -> list[Assessment]:
    """List assessments with an extension, the ones that end first before others."""
    return list(
        Assessment.objects.filter(round=round_, extended_until__isnull=False, closed_at__isnull=True)
        .select_related("company", "round")
        .order_by("extended_until", "company__name")
    )


def count_missing(round_: Round) -> int:
    """Count the listed companies that have no assessment in the round."""
    return len(list_missing_companies(round_))
