"""Readiness by division, and by the functional areas that lie over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from assessments.models.score import DIMENSIONS
from cohort.queries.cohort import Cohort
from cohort.queries.expressions import Companies, counted
from cohort.queries.median import Median
from companies.models import Area


@dataclass(frozen=True, slots=True)
class AreaFigures:
    """Companies and scored companies of an area, and medians in hundredths of a point (None: none is scored).

    `dimensions` are the medians of D1 to D10; `link` leads to the companies of the area.
    """

    area: Area
    companies: int
    scored: int
    readiness: float | None
    dimensions: tuple[float | None, ...]
    link: str | None


def division_figures(cohort: Cohort, areas: Sequence[Area]) -> list[AreaFigures]:
    """The divisions among `areas` that have a company, the readiest first; one query."""
    medians = {name: Median(counted(name)) for name in DIMENSIONS}
    rows = _grouped(cohort.companies, "division").annotate(**medians)
    found = {row["division"]: row for row in rows}
    figures = [
        AreaFigures(
            area=area,
            companies=found[area.pk]["companies"],
            scored=found[area.pk]["scored"],
            readiness=found[area.pk]["readiness"],
            dimensions=tuple(found[area.pk][name] for name in DIMENSIONS),
            link=cohort.link(division=area.code),
        )
        for area in areas
        if area.pk in found
    ]
    return sorted(figures, key=lambda row: (row.readiness is None, -(row.readiness or 0), row.area.position))


def functional_figures(cohort: Cohort, areas: Sequence[Area]) -> list[AreaFigures]:
    """The functional areas among `areas` that have a company. They overlap the divisions; one query."""
    found = {row["functional_area"]: row for row in _grouped(cohort.companies, "functional_area")}
    return [
        AreaFigures(
            area=area,
            companies=found[area.pk]["companies"],
            scored=found[area.pk]["scored"],
            readiness=found[area.pk]["readiness"],
            dimensions=(),
            link=cohort.link(area=area.code),
        )
        for area in areas
        if area.pk in found
    ]


def _grouped(companies: Companies, kind: str) -> Companies:
    grouped: Companies = (
        companies.filter(**{f"{kind}__isnull": False})
        .order_by()
        .values(kind)
        .annotate(
            companies=Count("pk"),
            scored=Count(counted("readiness")),
            readiness=Median(counted("readiness")),
        )
    )
    return grouped
