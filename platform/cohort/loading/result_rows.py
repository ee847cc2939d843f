"""Reads the sheet `results`: official results as the ministry's site states them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.models import Round
from cohort.loading import cells
from cohort.loading.answer_rows import WrongCell, read_company_code, read_round_code
from cohort.loading.cells import UnreadableCell
from cohort.loading.columns import RESULT_COLUMNS
from cohort.loading.problems import Findings
from cohort.loading.reading import Cell, CohortTable
from cohort.loading.sheets import SheetRow, iter_rows, read_layout

MOST_POINTS = 100


@dataclass(frozen=True, slots=True)
class StatedRow:
    """One stated result, with its row for messages."""

    row: SheetRow
    code: str
    round: Round
    level: int
    points: Decimal | None
    stated_on: date | None


def read_results(
    table: CohortTable, rounds: Mapping[str, Round], companies: Iterable[str], findings: Findings
) -> list[StatedRow]:
    """Read the results of the sheet; what cannot be read is noted in `findings`."""
    known = frozenset(companies)
    layout = read_layout(table, RESULT_COLUMNS, findings)
    seen: dict[tuple[str, str], int] = {}
    found = []
    for row in iter_rows(table, layout, findings):
        try:
            code, name = read_company_code(row, known), read_round_code(row, rounds)
        except WrongCell as error:
            if error.column in row.cells or error.column not in row.headers:
                findings.add(row.build_problem(error.column, str(error)))
            continue
        before = findings.count
        level = row.parse_value("level", _parse_level, findings)
        points = row.parse_value("points", _parse_points, findings)
        stated_on = row.parse_value("stated_on", cells.parse_day, findings)
        if (code, name) in seen:
            message = _("This stands in row %(row)d already. Keep one of the two rows.")
            findings.add(row.build_problem("credit_code", message % {"row": seen[code, name]}))
        seen[code, name] = row.number
        if findings.count == before and isinstance(level, int):
            found.append(
                StatedRow(
                    row,
                    code,
                    rounds[name],
                    level,
                    points if isinstance(points, Decimal) else None,
                    stated_on if isinstance(stated_on, date) else None,
                )
            )
    return found


def _parse_level(cell: Cell) -> int:
    level = cells.parse_whole_number(cell)
    if level > 4:
        raise UnreadableCell(_("Write the official level, 0 to 4."))
    return level


def _parse_points(cell: Cell) -> Decimal:
    points = cells.parse_amount(cell)
    if points > MOST_POINTS:
        raise UnreadableCell(_("Write points from 0 to 100."))
    return points
