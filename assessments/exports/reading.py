"""Rows leaving the database: by COPY on PostgreSQL, where they are text from the start, else one by one.

Both give the same text: numbers without needless zeros, times in UTC with six decimals and a Z, facts as `true`
and `false`, nothing for null.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import connection
from django.db.models import Case, FloatField, Func, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Concat
from django.db.models.lookups import Regex

from assessments.exports.tables import ColumnKind, ExportColumn, ExportTable
from documents.workbook_writer import FORMULA_STARTS, guard_formula

# Sent at once: enough to outweigh the calls, little enough to keep memory flat.
BLOCK_BYTES = 256 * 1024
ROWS_AT_ONCE = 2_000
# `guard_formula` for the database.
FORMULA = f"^[{re.escape(''.join(FORMULA_STARTS))}]"
# Nothing in JSON text is ever one of these, so that COPY neither quotes nor doubles anything.
COPY_JSON = r"FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02'"

Rows = QuerySet[Any, Any]


class _UtcText(Func):
    """A time as text, in UTC with six decimals and a Z."""

    template = """to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    output_field = TextField()


def iter_csv_blocks(table: ExportTable, rows: Rows, *, guard: bool) -> Iterator[bytes]:
    """Yield the table as CSV with a heading; `guard` puts an apostrophe before what looks like a formula."""
    yield _format_csv_line(table.list_column_names())
    if connection.vendor == "postgresql":
        yield from _iter_copied_blocks(_build_text_query(table, rows, guard=guard), "FORMAT csv")
        return
    yield from _iter_blocks(
        _format_csv_line(map(guard_formula, row) if guard else row) for row in iter_plain_rows(table, rows)
    )


def iter_json_blocks(table: ExportTable, rows: Rows) -> Iterator[bytes]:
    """Yield the table as JSON lines, in blocks."""
    if connection.vendor == "postgresql":
        query = _compose_sql(
            _select_values(rows, {column.name: _build_typed_expression(column) for column in table.columns})
        )
        columns = ", ".join(table.list_column_names())
        line = f"SELECT row_to_json(line) FROM ({query}) AS line ({columns})"  # noqa: S608
        yield from _iter_copied_blocks(line, COPY_JSON)
        return
    names = table.list_column_names()
    yield from _iter_blocks(
        orjson.dumps(dict(zip(names, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE)
        for row in iter_plain_rows(table, rows)
    )


def iter_plain_rows(table: ExportTable, rows: Rows) -> Iterator[list[Any]]:
    """Yield the rows as lists of text, numbers, booleans and None."""
    kinds = [(column.kind, column.scale) for column in table.columns]
    selected = _select_values(rows, {column.name: column.found for column in table.columns})
    for row in selected.iterator(chunk_size=ROWS_AT_ONCE):
        yield [_convert_value(value, kind, scale) for value, (kind, scale) in zip(row, kinds, strict=True)]


def _convert_value(value: Any, kind: ColumnKind, scale: int) -> Any:
    if value is None:
        return None
    if kind is ColumnKind.SCALED:
        whole, rest = divmod(value, scale)
        return value / scale if rest else whole
    if kind is ColumnKind.TIME:
        return format_utc(value)
    return str(value) if kind is ColumnKind.ID else value


def format_utc(moment: datetime) -> str:
    """Return a time as exports write it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def _format_csv_line(values: Iterable[Any]) -> bytes:
    """Write a line as COPY does: nothing for null, quotation marks for empty text and where needed."""
    return (",".join(map(_format_csv_field, values)) + "\n").encode()


def _format_csv_field(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if not text or any(mark in text for mark in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _iter_blocks(lines: Iterator[bytes]) -> Iterator[bytes]:
    block = bytearray()
    for line in lines:
        block += line
        if len(block) >= BLOCK_BYTES:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


def _iter_copied_blocks(query: str, options: str) -> Iterator[bytes]:
    # Leaving early (the client has gone) ends the statement on the server: psycopg cancels it.
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT ({options})") as copy:
        yield from _iter_blocks(map(bytes, copy))


def _build_text_query(table: ExportTable, rows: Rows, *, guard: bool) -> str:
    expressions = {}
    for column in table.columns:
        expression = _build_typed_expression(column)
        if column.kind is ColumnKind.FACT:
            expression = Cast(expression, TextField())
        elif column.kind is ColumnKind.WORDS and guard:
            expression = _build_guarded_expression(expression)
        expressions[column.name] = expression
    return _compose_sql(_select_values(rows, expressions))


def _build_typed_expression(column: ExportColumn) -> Any:
    """Build the expression of a column as PostgreSQL writes it into text or JSON."""
    if column.kind is ColumnKind.TIME:
        return _UtcText(column.found)
    if column.kind is ColumnKind.SCALED:
        return Cast(column.found, FloatField()) / Value(float(column.scale))
    return column.found


def _build_guarded_expression(expression: Any) -> Case:
    text = Cast(expression, TextField())
    return Case(
        When(Regex(text, FORMULA), then=Concat(Value("'"), text)),
        default=text,
        output_field=TextField(),
    )


def _select_values(rows: Rows, expressions: dict[str, Any]) -> Rows:
    """Select these values alone, in this order, under names that no column of the model has."""
    selected: Rows = rows.annotate(**{f"x_{name}": value for name, value in expressions.items()}).values_list(
        *(f"x_{name}" for name in expressions)
    )
    return selected


def _compose_sql(rows: Rows) -> str:
    query, parameters = rows.query.sql_with_params()
    operations: Any = connection.ops  # only PostgreSQL's can put parameters into the text
    composed: str = operations.compose_sql(query, parameters)
    return composed
