"""Readiness by division, and by the functional areas that lie over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assessments.models.packed import NONE
from assessments.models.score import DIMENSIONS
from cohort.queries.cohort import Cohort
from cohort.queries.standings import compute_median
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


def list_division_figures(cohort: Cohort, areas: Sequence[Area]) -> list[AreaFigures]:
    """List the divisions among `areas` that have a company, the readiest first."""
    figures = _list_figures(cohort, areas, "division", "division")
    return sorted(figures, key=lambda row: (row.readiness is None, -(row.readiness or 0), row.area.position))


def list_functional_figures(cohort: Cohort, areas: Sequence[Area]) -> list[AreaFigures]:
    """List the functional areas among `areas` that have a company. They overlap the divisions."""
    return _list_figures(cohort, areas, "functional_area", "area")


def _list_figures(cohort: Cohort, areas: Sequence[Area], column: str, parameter: str) -> list[AreaFigures]:
    standings = cohort.standings
    place, readiness = standings[column], standings["readiness"]
    dimensions = [standings[name] for name in DIMENSIONS]
    found = []
    for area in areas:
        within = place == area.pk
        if within.any():
            found.append(
                AreaFigures(
                    area=area,
                    companies=int(within.sum()),
                    scored=int((readiness[within] != NONE).sum()),
                    readiness=compute_median(readiness[within]),
                    dimensions=tuple(compute_median(values[within]) for values in dimensions),
                    link=cohort.build_link(**{parameter: area.code}),
                )
            )
    return found
