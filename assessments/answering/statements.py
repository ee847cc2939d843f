"""The statements by which an answer replaces another, written out and prepared: each save runs all three."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model

from assessments.answering.prepared import run_write
from assessments.models import Assessment
from assessments.models.answer import AnswerContent

COUNT = (
    f'UPDATE "{Assessment._meta.db_table}" SET "answered" = "answered" + %s, "last_answer_at" = %s, '  # noqa: S608
    '"started_at" = COALESCE("started_at", %s), "updated_at" = %s WHERE "id" = %s'
)


def increment_answered(assessment: Assessment, more: int, at: datetime) -> None:
    """Note on the stored assessment that an answer was given; `more` is how many more are answered by it."""
    now = dict.fromkeys(("last_answer_at", "started_at", "updated_at"), at)
    run_write(COUNT, _prepare_values(Assessment, {"answered": more, **now, "id": assessment.pk}))


def update_if_unchanged(current: AnswerContent, said: Mapping[str, object]) -> bool:
    """Write these columns over a stored answer; False if its revision is no longer the one of `current`."""
    table = type(current)
    params = [*_prepare_values(table, said), current.pk, current.revision]
    return run_write(_build_update(table, tuple(said)), params) == 1


def insert_revision(history: type[AnswerContent], was: Mapping[str, object]) -> None:
    """Add a row to the history."""
    run_write(_build_insert(history, tuple(was)), _prepare_values(history, was))


@cache
def _build_update(table: type[AnswerContent], names: tuple[str, ...]) -> str:
    """Return the statement that writes these columns where the revision is still the given one."""
    columns = ", ".join(f'"{_get_fields(table)[name].column}" = %s' for name in names)
    return f'UPDATE "{table._meta.db_table}" SET {columns} WHERE "id" = %s AND "revision" = %s'  # noqa: S608


@cache
def _build_insert(table: type[AnswerContent], names: tuple[str, ...]) -> str:
    """Return the statement that adds a row with these columns."""
    columns = ", ".join(f'"{_get_fields(table)[name].column}"' for name in names)
    places = ", ".join(["%s"] * len(names))
    return f'INSERT INTO "{table._meta.db_table}" ({columns}) VALUES ({places})'  # noqa: S608


def _prepare_values(table: type[Model], values: Mapping[str, object]) -> list[Any]:
    """Return the values of these columns as the database takes them, in their order."""
    fields = _get_fields(table)
    return [fields[name].get_db_prep_save(value, connection) for name, value in values.items()]


@cache
def _get_fields(table: type[Model]) -> dict[str, Field[Any, Any]]:
    """Return the fields of a table by the name that holds their stored value."""
    return {field.attname: field for field in table._meta.concrete_fields}
