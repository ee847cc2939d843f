"""The list of companies: its order and its pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F

from assessments.models import ReviewAssignment
from cohort.queries.cohort import Cohort
from cohort.queries.company_columns import (
    COLUMNS,
    CompanyColumn,
    annotate_columns,
    list_columns,
)

PER_PAGE = 25
REVIEWERS = {
    "assessor": ReviewAssignment.Kind.ASSESSOR.value,
    "county": ReviewAssignment.Kind.COUNTY.value,
}


@dataclass(frozen=True, slots=True)
class Order:
    """The column by which the list is ordered, and whether the largest comes first."""

    column: str
    descending: bool

    @classmethod
    def read(cls, text: str, *, sees_results: bool) -> Order:
        """Read `readiness`, or `-readiness` for the largest first; the usual order for anything else."""
        column = text.removeprefix("-")
        if not any(
            found.name == column and found.order for found in list_columns(COLUMNS, sees_results=sees_results)
        ):
            return cls("readiness", descending=True) if sees_results else cls("name", descending=False)
        return cls(column, descending=text.startswith("-"))

    def __str__(self) -> str:
        return f"-{self.column}" if self.descending else self.column


def get_company_page(
    cohort: Cohort, order: Order, number: str, columns: Sequence[CompanyColumn]
) -> Page[Any]:
    """Return one page of companies in a stable order, annotated by the columns: two queries, one of them the count."""
    ordering = COLUMNS[order.column]
    companies = cohort.companies.select_related("division", "functional_area", "sector")
    key = F(ordering.order)
    first = key.desc(nulls_last=True) if order.descending else key.asc(nulls_last=True)
    found = annotate_columns(companies, [*columns, ordering]).order_by(first, "name", "pk")
    return Paginator(found, PER_PAGE).get_page(number)


def add_reviewers(cohort: Cohort, companies: Iterable[Any]) -> None:
    """Set the names of those who check and visit the companies; one query."""
    found = ReviewAssignment.objects.filter(
        assessment__round=cohort.round, assessment__company__in=[company.pk for company in companies]
    ).values_list("assessment__company", "kind", "user__name")
    names = {(company, kind): name for company, kind, name in found}
    for company in companies:
        for column, kind in REVIEWERS.items():
            setattr(company, column, names.get((company.pk, kind), ""))
