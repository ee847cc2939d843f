"""Rows leaving the database: by COPY on PostgreSQL, where they are text from the start, else one by one.

Both give the same text: numbers without needless zeros, times in UTC with six decimals and a Z, facts as `true`
and `false`, nothing for null.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import connection
from django.db.models import Case, FloatField, Func, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Concat
from django.db.models.lookups import Regex

from assessments.exports.tables import Column, Kind, Table

# Sent at once: enough to outweigh the calls, little enough to keep memory flat.
BLOCK_BYTES = 256 * 1024
ROWS_AT_ONCE = 2_000
# A spreadsheet takes text that begins with one of these for a formula.
FORMULA = r"^[=+\-@\t\r]"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# Nothing in JSON text is ever one of these, so that COPY neither quotes nor doubles anything.
COPY_JSON = r"FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02'"

Rows = QuerySet[Any, Any]


class _UtcText(Func):
    """A time as text, in UTC with six decimals and a Z."""

    template = """to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    output_field = TextField()


def csv_blocks(table: Table, rows: Rows, *, guard: bool) -> Iterator[bytes]:
    """The table as CSV with a heading, in blocks; `guard` puts an apostrophe before what looks like a formula."""
    yield _csv_line(table.column_names())
    if connection.vendor == "postgresql":
        yield from _copied(_text_query(table, rows, guard=guard), "FORMAT csv")
        return
    yield from _blocks(_csv_line(map(guarded, row) if guard else row) for row in plain(table, rows))


def json_blocks(table: Table, rows: Rows) -> Iterator[bytes]:
    """The table as JSON lines, in blocks."""
    if connection.vendor == "postgresql":
        query = _compose(_selected(rows, {column.name: _typed(column) for column in table.columns}))
        columns = ", ".join(table.column_names())
        line = f"SELECT row_to_json(line) FROM ({query}) AS line ({columns})"  # noqa: S608
        yield from _copied(line, COPY_JSON)
        return
    names = table.column_names()
    yield from _blocks(
        orjson.dumps(dict(zip(names, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE)
        for row in plain(table, rows)
    )


def plain(table: Table, rows: Rows) -> Iterator[list[Any]]:
    """The rows as lists of text, numbers, booleans and None."""
    kinds = [(column.kind, column.scale) for column in table.columns]
    selected = _selected(rows, {column.name: column.found for column in table.columns})
    for row in selected.iterator(chunk_size=ROWS_AT_ONCE):
        yield [_plain(value, kind, scale) for value, (kind, scale) in zip(row, kinds, strict=True)]


def _plain(value: Any, kind: Kind, scale: int) -> Any:
    if value is None:
        return None
    if kind is Kind.SCALED:
        whole, rest = divmod(value, scale)
        return value / scale if rest else whole
    if kind is Kind.TIME:
        return utc_text(value)
    return str(value) if kind is Kind.ID else value


def utc_text(moment: datetime) -> str:
    """A time as exports write it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def guarded(value: Any) -> Any:
    """Text that a spreadsheet cannot take for a formula; anything else as it is."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _csv_line(values: Iterable[Any]) -> bytes:
    """A line as COPY writes it: nothing for null, quotation marks for empty text and where they are needed."""
    return (",".join(map(_csv_field, values)) + "\n").encode()


def _csv_field(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if not text or any(mark in text for mark in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _blocks(lines: Iterator[bytes]) -> Iterator[bytes]:
    block = bytearray()
    for line in lines:
        block += line
        if len(block) >= BLOCK_BYTES:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


def _copied(query: str, options: str) -> Iterator[bytes]:
    # Leaving early (the client has gone) ends the statement on the server: psycopg cancels it.
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT ({options})") as copy:
        yield from _blocks(map(bytes, copy))


def _text_query(table: Table, rows: Rows, *, guard: bool) -> str:
    expressions = {}
    for column in table.columns:
        expression = _typed(column)
        if column.kind is Kind.FACT:
            expression = Cast(expression, TextField())
        elif column.kind is Kind.WORDS and guard:
            expression = _guarded(expression)
        expressions[column.name] = expression
    return _compose(_selected(rows, expressions))


def _typed(column: Column) -> Any:
    """The expression of a column as PostgreSQL writes it into text or JSON."""
    if column.kind is Kind.TIME:
        return _UtcText(column.found)
    if column.kind is Kind.SCALED:
        return Cast(column.found, FloatField()) / Value(float(column.scale))
    return column.found


def _guarded(expression: Any) -> Case:
    text = Cast(expression, TextField())
    return Case(
        When(Regex(text, FORMULA), then=Concat(Value("'"), text)),
        default=text,
        output_field=TextField(),
    )


def _selected(rows: Rows, expressions: dict[str, Any]) -> Rows:
    """The rows with these values alone, in this order, under names that no column of the model has."""
    selected: Rows = rows.annotate(**{f"x_{name}": value for name, value in expressions.items()}).values_list(
        *(f"x_{name}" for name in expressions)
    )
    return selected


def _compose(rows: Rows) -> str:
    query, parameters = rows.query.sql_with_params()
    operations: Any = connection.ops  # only PostgreSQL's can put parameters into the text
    composed: str = operations.compose_sql(query, parameters)
    return composed
