"""Many ids in one statement: where they are many, PostgreSQL takes them as one array."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models.expressions import RawSQL

from audit.arrays import IDS, join_ids

# From so many rows on, COPY is worth a temporary table, and one array of ids is worth a sub-select.
COPY_FROM = 100


def uuid_in(ids: Collection[UUID]) -> Any:
    """Return ids for `__in`: many of them are one parameter, because thousands take longer than the query."""
    return RawSQL(f"SELECT unnest({IDS})", [join_ids(ids)]) if takes_many(ids) else list(ids)  # noqa: S611


def takes_many(rows: Collection[object]) -> bool:
    """Whether these are so many rows that PostgreSQL takes them as one array, or by COPY."""
    return connection.vendor == "postgresql" and len(rows) >= COPY_FROM
