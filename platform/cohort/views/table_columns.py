"""The columns that the list of companies shows, as the choice in its address says, and what stands in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.html import format_html

from assessments.models.stage import Stage
from cohort.queries.company_columns import COLUMNS, CompanyColumn

EMPTY = ("", ())


def read_chosen(parameters: QueryDict, possible: Sequence[CompanyColumn]) -> list[CompanyColumn]:
    """Read the chosen columns in order, of `column=a&column=b` or `columns=a.b`, else the usual ones."""
    asked = parameters.getlist("column") or parameters.get("columns", "").split(".")
    return [column for column in possible if column.name in asked] or _list_usual(possible)


def format_parameter(chosen: Sequence[CompanyColumn], possible: Sequence[CompanyColumn]) -> str:
    """Return the choice as it stands in an address; empty for the usual columns."""
    if list(chosen) == _list_usual(possible):
        return ""
    return ".".join(column.name for column in chosen)


def _list_usual(possible: Sequence[CompanyColumn]) -> list[CompanyColumn]:
    return [column for column in possible if column.is_usual]


@dataclass(frozen=True, slots=True)
class CompanyListCell:
    """What stands in a column of a row: the kind of cell, its value, and its classes and caption as attributes."""

    kind: str
    value: Any
    attributes: str


@dataclass(frozen=True, slots=True)
class CompanyListRow:
    """A company in the list, annotated by its columns, and the cells that are shown. Points are hundredths."""

    company: Any
    name: str
    cells: Sequence[CompanyListCell]

    @property
    def lowered(self) -> int:
        """By how many levels the verified level is below the self-assessed one; 0 if it is not."""
        own, verified = self.company.level, self.company.verified
        return max(0, own - verified) if own is not None and verified is not None else 0

    @property
    def is_started(self) -> bool:
        """Answering has begun and nothing was submitted yet, so that the share answered says something."""
        return bool(COLUMNS["stage"].read_value(self.company) == Stage.STARTED)


def build_rows(companies: Iterable[Any], columns: Sequence[CompanyColumn]) -> list[CompanyListRow]:
    """Build the rows of companies that have all that the columns say of them."""
    # Once for the page and not for each cell.
    shown = [(column, _build_attributes(column), _build_attributes(column, "nil")) for column in columns]
    rows = []
    for company in companies:
        cells = []
        for column, attributes, empty_attributes in shown:
            value = column.read_value(company)
            is_empty = value is None or value in EMPTY
            if is_empty and not column.is_never_empty:
                cells.append(CompanyListCell("empty", value, empty_attributes))
            else:
                cells.append(CompanyListCell(column.cell, value, attributes))
        rows.append(CompanyListRow(company, COLUMNS["name"].read_value(company), cells))
    return rows


def _build_attributes(column: CompanyColumn, further: str = "") -> str:
    classes = f"{column.css} {further}".strip()
    return format_html(
        'class="{}" data-l="{}"' if column.has_caption else 'class="{}"', classes, column.label
    )
