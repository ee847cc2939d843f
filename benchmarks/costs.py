"""The cost catalogue of a programme, as the planner reads it."""

from __future__ import annotations

from functools import cache

from benchmarks.ml.catalogue import Catalogue, CatalogueRow
from benchmarks.models.cost import CostSize, CostStep
from companies.models import Programme
from companies.size import SizeClass

PLATFORM_ESTIMATE = "platform estimate"


@cache
def load_shipped_catalogue() -> Catalogue:
    """Load the catalogue that comes with the platform, read once in a process."""
    return Catalogue.current()


def get_cost_size(size: str) -> CostSize:
    """Return the size class whose costs hold for a company; medium for large, small where it is not known."""
    if size == SizeClass.LARGE:
        return CostSize.MEDIUM
    return CostSize(size) if size in CostSize.values else CostSize.SMALL


def load_catalogue(programme: Programme, size: CostSize) -> Catalogue:
    """Load the programme's costs for one size class; one query.

    Prerequisites and outcomes are those of the shipped catalogue, and so are the costs as long as the programme has
    none of its own.
    """
    base = load_shipped_catalogue()
    rows = tuple(
        CatalogueRow(
            item=step.item,
            start=step.from_stage,
            end=step.to_stage,
            count=step.portions,
            costs={size.value: (step.low, step.high, step.months)},
            source=step.source,
            date=step.as_of.isoformat(),
        )
        for step in CostStep.objects.filter(programme=programme, size=size)
    )
    if not rows:
        return base
    return Catalogue(
        version=base.version,
        unit=base.unit,
        notice=base.notice,
        sizes=(size.value,),
        outcomes=base.outcomes,
        prerequisites=base.prerequisites,
        rows=rows,
    )
