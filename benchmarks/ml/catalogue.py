"""What it typically costs to raise an item by a stage: data that the bureau edits, row by row."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from benchmarks.ml.catalogue_reader import CatalogueError, RowReader

SCHEMA = "catalogue/1"
CURRENT = Path(__file__).resolve().parent.parent / "catalogue" / "2026-11.json"


class StepCost(NamedTuple):
    """Typical cost of raising one item from a stage to a higher one, in whole thousand yuan."""

    low: int
    high: int
    months: int
    source: str
    date: str
    """Date of the estimate (ISO 8601); the oldest when several rows are added up."""
    cost: int
    """Sum of the rows' midpoints, each rounded half up to whole thousand yuan: what plans minimise."""


class Prerequisite(NamedTuple):
    """Rule that raising ``item`` to ``stage`` or beyond asks for ``needs`` at ``needs_stage`` or beyond."""

    item: str
    stage: int
    needs: str
    needs_stage: int
    reason: Mapping[str, str]


@dataclass(frozen=True)
class CatalogueRow:
    """One line of the catalogue.

    A rung (``count`` 0) leads from ``start`` to ``end``. A portion (``count`` > 0) adds ``end`` stages
    (``start`` 0) and may be taken ``count`` times: an item of unequal options, such as business links worth 7
    and 9 tenths.
    """

    item: str
    start: int
    end: int
    count: int
    costs: Mapping[str, tuple[int, int, int]]
    source: str
    date: str

    def compute_cost(self, size: str, times: int = 1) -> StepCost:
        """Return the cost of taking this row a number of times, one after another."""
        low, high, months = self.costs[size]
        middle = (low + high + 1) // 2
        return StepCost(times * low, times * high, times * months, self.source, self.date, times * middle)


@dataclass(frozen=True)
class Catalogue:
    """Cost rows by item, prerequisites between items, and which items are outcomes.

    ``outcomes`` names items whose stage is a result or a ratio (energy, quality, revenue, share of spending):
    money buys the project, not the result, so pages leave them out of plans unless asked.
    """

    version: str
    unit: str
    notice: Mapping[str, str]
    sizes: tuple[str, ...]
    outcomes: tuple[str, ...]
    prerequisites: tuple[Prerequisite, ...]
    rows: tuple[CatalogueRow, ...]

    @classmethod
    def current(cls) -> Catalogue:
        """Return the catalogue that ships with the platform: typical figures, platform estimates."""
        return cls.from_json(CURRENT.read_text(encoding="utf-8"))

    @classmethod
    def from_json(cls, text: str) -> Catalogue:
        """Read a catalogue; CatalogueError names the row and field at fault."""
        try:
            content = json.loads(text)
        except json.JSONDecodeError as error:
            raise CatalogueError("file", "-", f"not JSON: {error}") from error
        head = RowReader("head", content)
        head.require_fields(
            "schema", "version", "unit", "notice", "sizes", "outcomes", "prerequisites", "steps"
        )
        if head.read_text("schema") != SCHEMA:
            raise head.build_error("schema", f"must be {SCHEMA!r}")
        sizes = head.read_texts("sizes")
        if not sizes:
            raise head.build_error("sizes", "needs at least one size class")
        rows = tuple(
            _read_row(RowReader(f"step row {number}", raw), sizes)
            for number, raw in enumerate(head.read_list("steps"), start=1)
        )
        catalogue = cls(
            version=head.read_text("version"),
            unit=head.read_text("unit"),
            notice=head.read_translations("notice"),
            sizes=sizes,
            outcomes=head.read_texts("outcomes"),
            prerequisites=tuple(
                _read_prerequisite(RowReader(f"prerequisite row {number}", raw), {row.item for row in rows})
                for number, raw in enumerate(head.read_list("prerequisites"), start=1)
            ),
            rows=rows,
        )
        catalogue._check_ladders()
        return catalogue

    @cached_property
    def by_item(self) -> Mapping[str, tuple[CatalogueRow, ...]]:
        """Rows of each item, rungs by stage and portions by size, ascending."""
        result: dict[str, list[CatalogueRow]] = {}
        for row in self.rows:
            result.setdefault(row.item, []).append(row)
        return {item: tuple(sorted(rows, key=lambda r: (r.start, r.end))) for item, rows in result.items()}

    def compute_step_cost(self, item: str, from_stage: int, to_stage: int, size: str) -> StepCost:
        """Return the typical cost of raising ``item``, adding up the rows on the way.

        Raises
        ------
        KeyError
            When the item or size class is unknown.
        ValueError
            When ``to_stage`` cannot be reached from ``from_stage``.
        """
        for stage, cost in self.list_moves(item, from_stage, size):
            if stage == to_stage:
                return cost
        raise ValueError(f"{item}: no way from stage {from_stage} to stage {to_stage} in the catalogue.")

    def list_moves(self, item: str, from_stage: int, size: str) -> list[tuple[int, StepCost]]:
        """Return every higher stage the item can be raised to, ascending, with the cost of getting there.

        A negative stage (missing) counts as 0.
        """
        if size not in self.sizes:
            raise KeyError(f"Size class {size!r} is unknown; there are {', '.join(self.sizes)}.")
        rows, from_stage = self.by_item[item], max(from_stage, 0)
        if rows[0].count:
            return _list_portion_moves(rows, from_stage, size)
        moves: list[tuple[int, StepCost]] = []
        for row in rows:
            if row.start >= from_stage:
                moves.append(
                    (row.end, _add_costs([*(cost for _, cost in moves[-1:]), row.compute_cost(size)]))
                )
        return moves

    def _check_ladders(self) -> None:
        for item, rows in self.by_item.items():
            place = f"item {item}"
            if len({row.count > 0 for row in rows}) > 1:
                raise CatalogueError(place, "adds", "rows of one item are all rungs or all portions")
            ends = [0, *(row.end for row in rows)]
            if not rows[0].count and [row.start for row in rows] != ends[:-1]:
                raise CatalogueError(place, "from", "rungs must start at 0 and follow each other, each once")
            if rows[0].count and len(set(ends)) != len(ends):
                raise CatalogueError(place, "adds", "each portion may be listed once")


def _list_portion_moves(
    rows: Sequence[CatalogueRow], from_stage: int, size: str
) -> list[tuple[int, StepCost]]:
    """Return the stages reachable by more portions; a stage of no exact sum counts as the next lower."""
    combinations: list[tuple[int, ...]] = [()]
    for row in rows:
        combinations = [(*taken, times) for taken in combinations for times in range(row.count + 1)]
    # Of several ways to hold the same stage the one that is listed first is taken to be the company's.
    stages = {_sum_stages(rows, taken): taken for taken in reversed(combinations)}
    held = stages[max(stage for stage in stages if stage <= from_stage)]
    moves: dict[int, StepCost] = {}
    for taken in combinations:
        stage, more = _sum_stages(rows, taken), [t - h for t, h in zip(taken, held, strict=True)]
        if stage <= from_stage or min(more) < 0:
            continue
        cost = _add_costs(
            [row.compute_cost(size, times) for row, times in zip(rows, more, strict=True) if times]
        )
        if stage not in moves or cost.cost < moves[stage].cost:
            moves[stage] = cost
    return sorted(moves.items())


def _sum_stages(rows: Sequence[CatalogueRow], taken: Sequence[int]) -> int:
    return sum(row.end * times for row, times in zip(rows, taken, strict=True))


def _add_costs(costs: Sequence[StepCost]) -> StepCost:
    return StepCost(
        low=sum(cost.low for cost in costs),
        high=sum(cost.high for cost in costs),
        months=sum(cost.months for cost in costs),
        source="; ".join(dict.fromkeys(cost.source for cost in costs)),
        date=min(cost.date for cost in costs),
        cost=sum(cost.cost for cost in costs),
    )


def _read_row(reader: RowReader, sizes: Sequence[str]) -> CatalogueRow:
    portion = "adds" in reader.content
    reader.require_fields(
        "item", *(("adds", "count") if portion else ("from", "to")), *sizes, "source", "date"
    )
    item = reader.read_text("item")
    reader.place += f" ({item})"
    start = 0 if portion else reader.read_number("from")
    end = reader.read_number("adds" if portion else "to")
    if end <= start:
        raise reader.build_error("adds" if portion else "to", "must be a higher stage")
    count = reader.read_number("count") if portion else 0
    if portion and not count:
        raise reader.build_error("count", "must be 1 or more")
    costs = {}
    for size in sizes:
        figures = RowReader(reader.place, reader.read_mapping(size), prefix=f"{size}.")
        figures.require_fields("low", "high", "months")
        low, high = figures.read_number("low"), figures.read_number("high")
        if high < low:
            raise figures.build_error("high", f"must not be below low ({low})")
        costs[size] = (low, high, figures.read_number("months"))
    date = reader.read_text("date")
    try:
        dt.date.fromisoformat(date)
    except ValueError:
        raise reader.build_error("date", f"{date!r} is not a date such as 2026-11-20") from None
    return CatalogueRow(item, start, end, count, costs, reader.read_text("source"), date)


def _read_prerequisite(reader: RowReader, items: set[str]) -> Prerequisite:
    reader.require_fields("item", "stage", "needs", "needs_stage", "reason")
    for field in ("item", "needs"):
        if reader.read_text(field) not in items:
            raise reader.build_error(field, f"item {reader.read_text(field)!r} has no step row")
    if reader.read_text("item") == reader.read_text("needs"):
        raise reader.build_error("needs", "an item cannot need itself")
    return Prerequisite(
        reader.read_text("item"),
        reader.read_number("stage"),
        reader.read_text("needs"),
        reader.read_number("needs_stage"),
        reader.read_translations("reason"),
    )
