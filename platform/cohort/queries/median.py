"""The median as a database aggregate on both databases."""

from __future__ import annotations

import statistics
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Aggregate, FloatField
from django.db.models.sql.compiler import SQLCompiler


class Median(Aggregate):
    """The middle value, the mean of the middle two for an even count, None for an empty group.

    PostgreSQL has it as an ordered-set aggregate; for SQLite `teach_median` registers a function.
    """

    function = "MEDIAN"
    output_field = FloatField()

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """The SQL for PostgreSQL."""
        template = "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
        return self.as_sql(compiler, connection, template=template, **context)


class SqliteMedian:
    """The aggregate that SQLite calls: one `step` per row of the group, then `finalize`."""

    def __init__(self) -> None:
        self.values: list[float] = []

    def step(self, value: float | None) -> None:
        """Take in the value of one row; NULL does not count."""
        if value is not None:
            self.values.append(value)

    def finalize(self) -> float | None:
        """The median of what was taken in."""
        return float(statistics.median(self.values)) if self.values else None


def teach_median(*, connection: BaseDatabaseWrapper, **_: object) -> None:
    """Give a new SQLite connection the function `MEDIAN`; nothing to do elsewhere."""
    if connection.vendor == "sqlite":
        connection.connection.create_aggregate("MEDIAN", 1, SqliteMedian)
