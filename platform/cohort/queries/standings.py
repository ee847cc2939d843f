"""Where each company stands, as columns of numbers: read with one query and shared by all panels of a page.

Counting, medians and histograms over the same joined rows would join them once for each panel. Here they are
joined once and counted in NumPy, which at 100,000 companies is many times faster on either database. The figures of
score runs come packed from the assessments, so that the table of runs is not read at all.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db import connections, transaction
from django.db.models import (
    BigIntegerField,
    BinaryField,
    Case,
    DateTimeField,
    Expression,
    ExpressionWrapper,
    F,
    SmallIntegerField,
    UUIDField,
    Value,
    When,
)  # fmt: skip
from django.db.models.functions import Cast, Coalesce

from assessments.models.counting_run import choose_figures, find_verified
from assessments.models.packed import FIGURES, NO_RUNS, NONE, RUNS_TYPE
from assessments.models.stage import STAGES, Stage
from cohort.queries.expressions import THOUSANDTHS, Companies
from cohort.queries.narrowing import RISKS, STANDINGS
from instrument import LevelRule

if TYPE_CHECKING:
    from cohort.queries.cohort import Cohort

# Moments are whole microseconds since this one, as PostgreSQL sends them.
ORIGIN = datetime(2000, 1, 1, tzinfo=UTC)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
# PostgreSQL's binary COPY format, in bytes: what comes before the first field of the first row; the length of a field;
# the head of an array.
_HEADER, _LENGTH, _ARRAY_HEADER = 21, 4, 20
# PostgreSQL takes the handing over of rows between its processes for dearer than it is, and would join 100,000
# companies in one process, which takes a quarter longer. Small cohorts stay in one.
SHARED_OUT = "SET LOCAL parallel_tuple_cost = 0.01"

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Columns = Mapping[str, npt.NDArray[Any]]


class Standings:
    """One row for each company of a cohort, in no particular order; `columns` by name.

    Readiness and dimensions are hundredths of a point, `NONE` where nothing is scored. The plain names are of
    the run that counts (verified where there is one), `own_…` and `own_before_…` of the company's own answers
    in both rounds, set only where one release scored both.
    """

    def __init__(self, columns: Columns, rule: LevelRule) -> None:
        self._columns = columns
        self._rule = rule
        self._known: dict[str, Numbers] = {}
        now, before = columns["now"].view(RUNS_TYPE), columns["before"].view(RUNS_TYPE)
        self._now, self._before = now, before
        self._alike = (
            (now["own"]["readiness"] != NONE)
            & (before["own"]["readiness"] != NONE)
            & (now["own"]["release"] == before["own"]["release"])
        )

    def __len__(self) -> int:
        return len(self._columns["company"])

    def __getitem__(self, name: str) -> Numbers:
        """Return a column of whole numbers."""
        if name not in self._known:
            self._known[name] = np.asarray(self._compute_column(name)).astype(np.int64)
        return self._known[name]

    def get_moments(self, stage: Stage) -> Numbers:
        """Return when each company reached a stage, in microseconds since `ORIGIN`; negative: never."""
        return self[f"{stage.value}_at"]

    def get_company_id(self, row: int) -> UUID:
        """Return the key of the company of a row."""
        return UUID(bytes=self._columns["company"][row].tobytes())

    def _compute_column(self, name: str) -> npt.NDArray[Any]:
        now, before = self._now, self._before
        if name in FIGURES:
            return choose_figures(now, name)
        match name:
            case "verified":
                return find_verified(now)
            case "level_before":
                return choose_figures(before, "official_level")
            case "standing":
                return self._compute_standing()
        if name.startswith("own_before_"):
            return np.where(self._alike, before["own"][name.removeprefix("own_before_")], NONE)
        if name.startswith("own_"):
            return np.where(self._alike, now["own"][name.removeprefix("own_")], NONE)
        return self._columns[name]

    def _compute_standing(self) -> Numbers:
        """Compute how each company stands to its target, as a place in `STANDINGS`; see `Cohort`."""
        level, aim = self["official_level"], self["aim"]
        passes_base, passes_scenarios = np.zeros_like(level, bool), np.zeros_like(level, bool)
        for gate in self._rule.gates:
            asked = aim == gate.level
            passes_base |= asked & (self["base_points"] >= int(gate.base * THOUSANDTHS))
            passes_scenarios |= (
                asked
                & (self[f"scenarios_{gate.level}"] >= gate.scenarios)
                & (self[f"binding_{gate.level}"] >= gate.binding)
            )
        cases = [level == NONE, level >= aim, passes_base, passes_scenarios]
        places = [NONE, *map(STANDINGS.index, ("reached", "scenarios", "base"))]
        return np.select(cases, places, STANDINGS.index("both"))


def decode_moment(microseconds: int) -> datetime:
    """Return the moment that a number of `Standings.get_moments` stands for."""
    return ORIGIN + int(microseconds) * MICROSECOND


def encode_moment(moment: datetime) -> int:
    """Return a moment as `Standings.get_moments` has it."""
    return (moment - ORIGIN) // MICROSECOND


def compute_median(values: Numbers) -> float | None:
    """Return the median of the values that are there (even count: mean of two); None for none."""
    known = values[values != NONE]
    return float(np.median(known)) if len(known) else None


def read_standings(cohort: Cohort) -> Standings:
    """Read the standings of the cohort's companies; one query, whatever their number."""
    expressions = _build_expressions(cohort)
    types = {name: _get_numpy_type(expression) for name, expression in expressions.items()}
    named = {f"column_{name}": expression for name, expression in expressions.items()}
    rows: Companies = cohort.annotate_risk(cohort.companies).order_by().annotate(**named).values_list(*named)
    connection = connections[rows.db]
    read_rows = _copy_rows if connection.vendor == "postgresql" else _fetch_rows
    return Standings(read_rows(rows, types), cohort.instrument.rule)


def _build_expressions(cohort: Cohort) -> dict[str, Expression]:
    """Build what each column holds."""
    return {
        "company": ExpressionWrapper(F("pk"), output_field=UUIDField()),
        "division": _build_key_expression("division_id"),
        "functional_area": _build_key_expression("functional_area_id"),
        "sector": _build_key_expression("sector_id"),
        "answered": _build_number_expression("now__answered"),
        **{f"{stage.value}_at": _build_moment_expression(f"now__{stage.value}_at") for stage in STAGES[1:]},
        "idle_since": _build_moment_expression("idle_since"),
        "step": _build_number_expression("step"),
        "aim": _build_number_expression(cohort.build_target_expression()),
        "risk": _build_risk_expression(cohort),
        "now": _build_runs_expression("now"),
        "before": _build_runs_expression("before"),
    }


def _build_number_expression(what: str | Expression) -> Expression:
    return Cast(Coalesce(F(what) if isinstance(what, str) else what, Value(NONE)), SmallIntegerField())


def _build_key_expression(name: str) -> Expression:
    return Cast(Coalesce(F(name), Value(NONE)), BigIntegerField())


def _build_moment_expression(name: str) -> Expression:
    return Coalesce(F(name), Value(NEVER), output_field=DateTimeField())


def _build_risk_expression(cohort: Cohort) -> Expression:
    """Build the place in `RISKS` of the reason; the reason itself would ask each condition four times."""
    cases = [
        When(condition, then=Value(RISKS.index(reason)))
        for condition, reason in cohort.list_risk_conditions()
    ]
    return Cast(Case(*cases, default=Value(NONE)), SmallIntegerField())


def _build_runs_expression(relation: str) -> Expression:
    return Coalesce(F(f"{relation}__figures"), Value(NO_RUNS), output_field=BinaryField())


def _get_numpy_type(expression: Expression) -> str:
    """Return the NumPy type of a column, in PostgreSQL's order of bytes."""
    field = expression.output_field
    if isinstance(field, BinaryField):
        return f"V{RUNS_TYPE.itemsize}"
    return "V16" if isinstance(field, UUIDField) else ">i2" if isinstance(field, SmallIntegerField) else ">i8"


def _copy_rows(rows: Companies, types: dict[str, str]) -> Columns:
    """Read the rows by binary COPY, a column at a time.

    PostgreSQL sends each row of a COPY as a message, and reading 100,000 messages takes longer than all the rest; one
    message, at most a gigabyte, has room for two million companies. No value is NULL, so all values of a column are
    of one length and need no reading one by one.
    """
    statement, parameters = rows.query.sql_with_params()
    names = ", ".join(f'array_agg("column_{name}")' for name in types)
    # Django made the statement; its parameters go beside it.
    query = f"COPY (SELECT {names} FROM ({statement}) AS standing) TO STDOUT (FORMAT BINARY)"  # noqa: S608
    with transaction.atomic(using=rows.db), connections[rows.db].cursor() as cursor:
        cursor.execute(SHARED_OUT)
        with cursor.cursor.copy(query, parameters) as blocks:
            data = memoryview(b"".join(blocks))
    found: dict[str, npt.NDArray[Any]] = {}
    place = _HEADER
    for name, kind in types.items():
        (length,) = struct.unpack_from(">i", data, place)
        place += _LENGTH
        # There is no array of no rows.
        found[name] = (
            _parse_values(data[place : place + length], np.dtype(kind)) if length > 0 else np.empty(0, kind)
        )
        place += max(0, length)
    return found


def _parse_values(data: memoryview, kind: np.dtype[Any]) -> npt.NDArray[Any]:
    """Parse the values of an array in PostgreSQL's binary form."""
    _dimensions, _nulls, _type_of_values, count, _first = struct.unpack_from(">5i", data)
    row = np.dtype([("length", ">i4"), ("value", kind)])
    if len(data) != _ARRAY_HEADER + count * row.itemsize:
        raise TypeError("PostgreSQL sent a column in another type than was asked for.")
    return np.frombuffer(data, row, count=count, offset=_ARRAY_HEADER)["value"]


def _fetch_rows(rows: Companies, types: dict[str, str]) -> Columns:
    """Read the rows by an ordinary query."""
    found = np.array(list(_iter_plain_rows(rows)), np.dtype(list(types.items())))
    return {name: found[name] for name in types}


def _iter_plain_rows(rows: Companies) -> Iterator[tuple[Any, ...]]:
    for row in rows.iterator():
        yield tuple(
            value.bytes
            if isinstance(value, UUID)
            else encode_moment(value)
            if isinstance(value, datetime)
            else value
            for value in row
        )
