"""The list of companies: columns, order and pages."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, F, IntegerField, When
from django.db.models.functions import Coalesce

from assessments.models import ReviewAssignment
from assessments.models.counting_run import build_run_expression
from assessments.models.score_change import build_change_expression
from assessments.models.stage import RANK, STAGES, Stage, build_step_expression
from cohort.queries.cohort import Cohort
from cohort.queries.expressions import NOW, Companies
from companies.models import Area, Sector
from companies.names import get_company_name

PER_PAGE = 25
ORDERS = {
    "name": "name",
    "stage": "step",
    "level": "level_self",
    "verified": "level_verified",
    "readiness": "readiness",
    "change": "change",
    "division": "division__position",
    "activity": "active_at",
    "provider": "listing__provider_name",
    "submitted": "now__submitted_at",
}
ORDERS_OF_RESULTS = frozenset({"level", "verified", "readiness", "change"})


@dataclass(frozen=True, slots=True)
class Order:
    """The column by which the list is ordered, and whether the largest comes first."""

    column: str
    descending: bool

    @classmethod
    def read(cls, text: str, *, sees_results: bool) -> Order:
        """Read `readiness`, or `-readiness` for the largest first; the usual order for anything else."""
        column = text.removeprefix("-")
        if column not in ORDERS or (column in ORDERS_OF_RESULTS and not sees_results):
            return cls("readiness", descending=True) if sees_results else cls("name", descending=False)
        return cls(column, descending=text.startswith("-"))

    def __str__(self) -> str:
        return f"-{self.column}" if self.descending else self.column


@dataclass(frozen=True, slots=True)
class CompanyListRow:
    """A company in the list. Points are hundredths; result fields are None where no result is to be seen.

    `change` is the change of the self-assessed readiness since the earlier round, under one release.
    """

    pk: uuid.UUID
    name: str
    code: str
    division: Area
    functional_area: Area | None
    sector: Sector
    stage: Stage
    answered: int
    active_at: datetime | None
    level_self: int | None = None
    level_verified: int | None = None
    readiness: int | None = None
    low: int | None = None
    high: int | None = None
    tier: int | None = None
    change: int | None = None
    flags: tuple[str, ...] = ()
    provider: str = ""
    batch: str = ""
    submitted_at: datetime | None = None
    extended_until: datetime | None = None
    assessor: str = ""
    county: str = ""
    """Short names of the hints for reviewers; none where the person sees no hints."""

    @property
    def lowered(self) -> int:
        """By how many levels the verified level is below the self-assessed one; 0 if it is not."""
        if self.level_self is None or self.level_verified is None:
            return 0
        return max(0, self.level_self - self.level_verified)

    @property
    def is_started(self) -> bool:
        """Answering has begun and nothing was submitted yet, so that the share answered says something."""
        return self.stage == Stage.STARTED


def get_company_page(
    cohort: Cohort, order: Order, number: str, language: str
) -> tuple[Page[Any], list[CompanyListRow]]:
    """Return one page of the list in a stable order: two queries, one of them the count."""
    page = Paginator(_order_companies(cohort, order), PER_PAGE).get_page(number)
    return page, [_build_row(cohort, company, language) for company in page.object_list]


def _order_companies(cohort: Cohort, order: Order) -> Companies:
    moments = [f"now__{stage.value}_at" for stage in reversed(STAGES[RANK[Stage.SUBMITTED] :])]
    companies = cohort.companies.select_related("division", "functional_area", "sector").annotate(
        step=build_step_expression(NOW),
        answered=F("now__answered"),
        provider=F("listing__provider_name"),
        batch=F("listing__batch"),
        submitted_at=F("now__submitted_at"),
        extended_until=F("now__extended_until"),
        active_at=Coalesce(*moments, "now__last_answer_at", "now__started_at", "now__invited_at"),
    )
    if cohort.sees_results:
        companies = companies.annotate(
            level_self=F("now__self_run__official_level"),
            level_verified=F("now__verified_run__official_level"),
            readiness=build_run_expression("readiness", NOW),
            low=build_run_expression("readiness_low", NOW),
            high=build_run_expression("readiness_high", NOW),
            tier=build_run_expression("tier", NOW),
            change=Case(
                When(
                    now__self_run__release=F("before__self_run__release"),
                    then=build_change_expression("before__self_run__readiness", "now__self_run__readiness"),
                ),
                output_field=IntegerField(null=True),
            ),
        )
    key = F(ORDERS[order.column])
    first = key.desc(nulls_last=True) if order.descending else key.asc(nulls_last=True)
    ordered: Companies = companies.order_by(first, "name", "pk")
    return ordered


def add_reviewers(cohort: Cohort, rows: list[CompanyListRow]) -> list[CompanyListRow]:
    """Return the rows with the names of those who check and visit the companies; one query."""
    found = ReviewAssignment.objects.filter(
        assessment__round=cohort.round, assessment__company__in=[row.pk for row in rows]
    ).values_list("assessment__company", "kind", "user__name")
    names = {(company, kind): name for company, kind, name in found}
    return [
        replace(
            row,
            assessor=names.get((row.pk, ReviewAssignment.Kind.ASSESSOR.value), ""),
            county=names.get((row.pk, ReviewAssignment.Kind.COUNTY.value), ""),
        )
        for row in rows
    ]


def _build_row(cohort: Cohort, company: Any, language: str) -> CompanyListRow:
    results = ("level_self", "level_verified", "readiness", "low", "high", "tier", "change")
    return CompanyListRow(
        pk=company.pk,
        name=get_company_name(language, company),
        code=company.credit_code,
        division=company.division,
        functional_area=company.functional_area,
        sector=company.sector,
        stage=STAGES[company.step],
        answered=company.answered or 0,
        active_at=company.active_at,
        provider=company.provider,
        batch=company.batch,
        submitted_at=company.submitted_at,
        extended_until=company.extended_until,
        **({name: getattr(company, name) for name in results} if cohort.sees_results else {}),
    )
