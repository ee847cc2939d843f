"""Running a statement that is put together once: PostgreSQL plans it once and keeps it prepared.

For what is asked more often than anything else. Planning such a statement takes PostgreSQL up to ten times as long as
running it, and putting it together takes Django as long again. Django's own cursors prepare nothing, and psycopg's
usual one looks for the parameters in the text each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from django.db import connection


def fetch_rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return the rows that the statement finds; `params` as the database takes them, for each `%s` of the text."""
    with _run(sql, params) as cursor:
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def run_write(sql: str, params: Sequence[Any]) -> int:
    """Run a statement that writes, and return how many rows it wrote."""
    with _run(sql, params) as cursor:
        count: int = cursor.rowcount
    return count


@contextmanager
def _run(sql: str, params: Sequence[Any]) -> Iterator[Any]:
    """Run the statement and yield the cursor."""
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            yield cursor
        return
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    numbered = _number_placeholders(sql)
    with connection.wrap_database_errors, psycopg.RawCursor(connection.connection) as raw:
        raw.execute(numbered, params, prepare=True)
        yield raw
    if connection.queries_logged:
        connection.queries_log.append({"sql": numbered, "time": "0"})


@lru_cache(maxsize=32)
def _number_placeholders(sql: str) -> str:
    """Return the statement with PostgreSQL's own placeholders: `$1`, `$2` and so on."""
    first, *rest = sql.split("%s")
    text = first + "".join(f"${number}{part}" for number, part in enumerate(rest, start=1))
    return text.replace("%%", "%")
