"""Storing score runs: exactly one for each submission and release, whoever else stores the same.

Few runs are inserted by the ORM. Many go to PostgreSQL by COPY into a temporary table and from there in one
statement, because forty columns a row as parameters would take several times the scoring itself.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import DateTimeField, SmallIntegerField, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from numpy.typing import NDArray

from assessments.models import Assessment, ScoreRun
from assessments.models.assessment import POINTERS
from assessments.models.id_arrays import takes_many
from assessments.models.packed import build_pack_sql
from audit.arrays import IDS, join_ids
from benchmarks.models import Release

TIER_COLUMNS = frozenset({"tier", "exceed_1", "exceed_2", "exceed_3"})
KEYS = ("id", "submission_id", "release_id", "created_at")
FIGURES = tuple(field.attname for field in ScoreRun._meta.concrete_fields if field.attname not in KEYS)
SMALL = frozenset(
    field.attname for field in ScoreRun._meta.concrete_fields if isinstance(field, SmallIntegerField)
)
# The form of PostgreSQL's binary COPY: a signature, flags and the length of an extension; at the end, -1.
HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TAIL = b"\xff\xff"
# Its times count microseconds from here.
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

Columns = Mapping[str, NDArray[Any]]
# An assessment, and the runs that count of its own and of its verified submission.
Pointers = tuple[UUID, UUID | None, UUID | None]


def insert_runs(
    submissions: Sequence[UUID], release: Release, columns: Columns, stated: NDArray[np.bool_]
) -> dict[UUID, UUID]:
    """Store the runs of these submissions that are not there yet; return the ids stored, by submission.

    Where a tier is not stated, its columns stay empty. Call it in a transaction.
    """
    if takes_many(submissions):
        return _copy_runs(submissions, release, columns, stated)
    runs = [
        ScoreRun(submission_id=submission, release=release, **figures)
        for submission, figures in zip(submissions, list_figure_rows(columns, stated), strict=True)
    ]
    # Another worker may be doing the same: the constraint keeps one run per submission and release.
    ScoreRun.objects.bulk_create(runs, ignore_conflicts=True)
    mine = ScoreRun.objects.filter(pk__in=[run.pk for run in runs])
    return dict(mine.order_by().values_list("submission_id", "pk"))


def update_run_pointers(pointers: Sequence[Pointers]) -> None:
    """Store which runs assessments point to, their figures, and when they were first scored and last changed."""
    now = timezone.now()
    if not takes_many(pointers):
        runs = ScoreRun.objects.in_bulk([run for _, *two in pointers for run in two if run])
        for pk, own, verified in pointers:
            assessment = Assessment(pk=pk)
            assessment.set_runs(runs.get(own) if own else None, runs.get(verified) if verified else None)
            first = Value(now if own or verified else None, DateTimeField())
            Assessment.objects.filter(pk=pk).update(
                **{name: getattr(assessment, name) for name in POINTERS},
                scored_at=Coalesce("scored_at", first),
                updated_at=now,
            )
        return
    # One join: a list of cases for each column takes the database minutes for thousands of rows.
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Assessment._meta.db_table} AS assessment "  # noqa: S608
            "SET self_run_id = found.own, verified_run_id = found.verified, "
            f"figures = {build_pack_sql('own')} || {build_pack_sql('verified')}, "
            "scored_at = COALESCE(scored_at, CASE WHEN COALESCE(own.id, verified.id) IS NOT NULL THEN %s END), "
            f"updated_at = %s FROM unnest({IDS}, {IDS}, {IDS}) AS found (id, own, verified) "
            f"{_build_lookup_join('own')} {_build_lookup_join('verified')} "
            "WHERE assessment.id = found.id",
            [now, now, *(join_ids(ids) for ids in zip(*pointers, strict=True))],
        )


def _build_lookup_join(run: str) -> str:
    """Return a join to a run that finds it by its id: a plain join reads all runs that there are, each time."""
    one = f"SELECT * FROM {ScoreRun._meta.db_table} WHERE id = found.{run} LIMIT 1"  # noqa: S608
    return f"LEFT JOIN LATERAL ({one}) AS {run} ON TRUE"


def renew_statistics() -> None:
    """Let PostgreSQL count what was stored, before it plans reads by what it knew of the tables before."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {ScoreRun._meta.db_table}, {Assessment._meta.db_table}")


def list_figure_rows(columns: Columns, stated: NDArray[np.bool_]) -> list[dict[str, int | None]]:
    """Return the figures row by row, by name."""
    plain = {name: column.tolist() for name, column in columns.items()}
    return [
        {name: None if name in TIER_COLUMNS and not is_stated else plain[name][row] for name in plain}
        for row, is_stated in enumerate(stated.tolist())
    ]


def _copy_runs(
    submissions: Sequence[UUID], release: Release, columns: Columns, stated: NDArray[np.bool_]
) -> dict[UUID, UUID]:
    table = ScoreRun._meta.db_table
    names = ", ".join((*KEYS, *FIGURES))
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS new_score_run (LIKE {table}) ON COMMIT DROP;"
            "TRUNCATE new_score_run"
        )
        with cursor.copy(f"COPY new_score_run ({names}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(HEAD)
            for part in (stated, ~stated):
                copy.write(_encode_rows(submissions, release, columns, part, has_tier=part is stated))
            copy.write(TAIL)
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM new_score_run ORDER BY submission_id "  # noqa: S608
            "ON CONFLICT (submission_id, release_id) DO NOTHING RETURNING submission_id, id"
        )
        return dict(cursor.fetchall())


def _encode_rows(
    submissions: Sequence[UUID],
    release: Release,
    columns: Columns,
    part: NDArray[np.bool_],
    *,
    has_tier: bool,
) -> bytes:
    """Return some of the rows in PostgreSQL's binary form: the number of fields, then each after its length."""
    size = {"id": "V16", "submission_id": "V16", "release_id": "V16", "created_at": ">i8"} | {
        name: ">i2" if name in SMALL else ">i4" for name in FIGURES
    }
    empty = frozenset() if has_tier else TIER_COLUMNS
    form: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in size.items():
        form += [(f"length of {name}", ">i4"), *([] if name in empty else [(name, kind)])]
    rows = np.empty(int(part.sum()), dtype=form)
    rows["fields"] = len(size)
    for name, kind in size.items():
        rows[f"length of {name}"] = -1 if name in empty else np.dtype(kind).itemsize
    rows["id"] = _generate_ids(len(rows))
    own = np.frombuffer(b"".join(submission.bytes for submission in submissions), dtype="V16")
    rows["submission_id"] = own[part]
    rows["release_id"] = np.frombuffer(release.pk.bytes, dtype="V16")
    rows["created_at"] = (timezone.now() - EPOCH) // timedelta(microseconds=1)
    for name in FIGURES:
        if name not in empty:
            rows[name] = columns[name][part]
    return rows.tobytes()


def _generate_ids(count: int) -> NDArray[np.void]:
    """Return random identifiers of version 4."""
    octets = np.frombuffer(os.urandom(16 * count), dtype=np.uint8).reshape(count, 16).copy()
    octets[:, 6] = octets[:, 6] & 0x0F | 0x40
    octets[:, 8] = octets[:, 8] & 0x3F | 0x80
    return octets.view("V16")[:, 0]
