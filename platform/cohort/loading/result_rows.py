"""Reads the sheet `results`: official results as the ministry's site states them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.models import Round
from cohort.loading import cells
from cohort.loading.answer_rows import WrongCell, company_code, round_code
from cohort.loading.cells import UnreadableCell
from cohort.loading.columns import RESULT_COLUMNS
from cohort.loading.problems import Findings
from cohort.loading.reading import Cell, Table
from cohort.loading.sheets import Row, layout_of, rows_of

MOST_POINTS = 100


@dataclass(frozen=True, slots=True)
class StatedRow:
    """One stated result, with its row for messages."""

    row: Row
    code: str
    round: Round
    level: int
    points: Decimal | None
    stated_on: date | None


def read_results(
    table: Table, rounds: Mapping[str, Round], companies: Iterable[str], findings: Findings
) -> list[StatedRow]:
    """The results of the sheet; what cannot be read is noted in `findings`."""
    known = frozenset(companies)
    layout = layout_of(table, RESULT_COLUMNS, findings)
    seen: dict[tuple[str, str], int] = {}
    found = []
    for row in rows_of(table, layout, findings):
        try:
            code, name = company_code(row, known), round_code(row, rounds)
        except WrongCell as error:
            if error.column in row.cells or error.column not in row.headers:
                findings.add(row.problem(error.column, str(error)))
            continue
        before = findings.count
        level = row.value("level", _level, findings)
        points = row.value("points", _points, findings)
        stated_on = row.value("stated_on", cells.day, findings)
        if (code, name) in seen:
            message = _("This stands in row %(row)d already. Keep one of the two rows.")
            findings.add(row.problem("credit_code", message % {"row": seen[code, name]}))
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


def _level(cell: Cell) -> int:
    level = cells.whole_number(cell)
    if level > 4:
        raise UnreadableCell(_("Write the official level, 0 to 4."))
    return level


def _points(cell: Cell) -> Decimal:
    points = cells.amount(cell)
    if points > MOST_POINTS:
        raise UnreadableCell(_("Write points from 0 to 100."))
    return points
