"""An installation of an earlier version, with work that waits under old names, is upgraded without loss.

The archive is described in `tests/data/upgrade/README.md`. Everything happens in processes of its own, on SQLite.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.celery import app
from config.renamed_tasks import RENAMED_TASKS
from config.schedule import CELERY_BEAT_SCHEDULE

ROOT = Path(__file__).resolve().parents[2]
ARCHIVE = ROOT / "tests" / "data" / "upgrade" / "installation-0.1.tar.xz"
PATIENCE_SECONDS = 300
Rows = dict[str, set[tuple[object, ...]]]
# What a migration adds to by itself.
LISTS_OF_DJANGO = {"django_migrations", "django_content_type", "auth_permission"}
# Columns that jobs write, in rows that were there before: the job itself, what now counts, what was told to whom.
WRITTEN_BY_JOBS = {
    "jobs_job": {
        *("attempt_token", "attempts", "done", "finished_at", "heartbeat_at", "result"),
        *("started_at", "state", "total", "woken_at"),
    },
    "assessments_assessment": {"figures", "scored_at", "self_run_id", "updated_at"},
    "audit_feed_event": {"position"},
    # A hint is worded as the version that looks for it words it.
    "assessments_flag": {"evidence", "raised_at"},
}
# Tables whose rows periodic work clears when they have outlived their use, by the clock: what it finds there depends
# on the day. That migrating leaves them alone is tested apart.
CLEARED_BY_THE_CLOCK = {
    "accounts_notice",
    "assessments_report",
    "cohort_file",
    "cohort_ledger_export",
    "django_session",
}


@dataclass(frozen=True)
class Installation:
    """An unpacked installation: its folder, the rows of each table by the columns of then, the names that wait."""

    folder: Path
    columns: dict[str, list[str]]
    before: Rows
    waiting: list[str]

    def environment(self) -> dict[str, str]:
        """Return what processes of this installation are started with."""
        kept = {
            name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}
        }
        return {
            **kept,
            "VAR_DIR": str(self.folder),
            "LOG_LEVEL": "INFO",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }

    def read(self) -> Rows:
        """Return the rows of the tables of then, by their columns of then, as they are now."""
        return read_rows(self.folder, self.columns)

    def query(self, statement: str) -> list[tuple[object, ...]]:
        """Return what the database answers."""
        with closing(sqlite3.connect(self.folder / "db.sqlite3", timeout=30)) as connection:
            return connection.execute(statement).fetchall()


def read_rows(folder: Path, columns: dict[str, list[str]]) -> Rows:
    """Return all rows of these tables by these columns; each as what SQLite stores, so that nothing is read kindly."""
    with closing(sqlite3.connect(folder / "db.sqlite3", timeout=30)) as connection:
        return {
            table: set(connection.execute(f"SELECT {', '.join(map(quote, names))} FROM {quote(table)}"))
            for table, names in columns.items()
        }


def read_columns(folder: Path) -> dict[str, list[str]]:
    """Return the columns of every table."""
    with closing(sqlite3.connect(folder / "db.sqlite3")) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        return {
            table: [row[1] for row in connection.execute(f"PRAGMA table_info({quote(table)})")]
            for (table,) in tables
        }


def quote(name: str) -> str:
    """Return a name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def digest(rows: set[tuple[object, ...]]) -> tuple[int, str]:
    """Return the count of the rows and a hash of them, whatever their order."""
    return len(rows), hashlib.sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The installation as it was left, its work waiting, and its database migrated by the code of today."""
    folder = tmp_path_factory.mktemp("installation")
    with tarfile.open(ARCHIVE) as packed:
        # The first Python 3.11 of Debian cannot filter what it unpacks yet.
        for entry in packed.getmembers():
            content = packed.extractfile(entry)
            assert content is not None, entry.name
            (folder / entry.name).parent.mkdir(parents=True, exist_ok=True)
            (folder / entry.name).write_bytes(content.read())
    columns = read_columns(folder)
    found = Installation(
        folder, columns, read_rows(folder, columns), json.loads((folder / "waiting.json").read_bytes())
    )
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=found.environment(), check=True, timeout=PATIENCE_SECONDS)
    return found


@contextmanager
def working(installation: Installation) -> Iterator[Path]:
    """A worker of today's code while the block lasts; what it says goes to the file."""
    said = installation.folder / "worker.log"
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "config",
        "worker",
        "--pool",
        "solo",
        "--loglevel",
        "INFO",
    ]
    with said.open("wb") as log:
        worker = subprocess.Popen(
            command,
            cwd=ROOT,
            env=installation.environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield said
    finally:
        if worker.poll() is None:
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(timeout=30)


def test_every_job_and_every_periodic_task_of_then_waits_in_the_archive(installation: Installation) -> None:
    """The archive proves something only as long as it holds every name that was changed."""
    assert set(RENAMED_TASKS) <= set(installation.waiting)
    assert len(list((installation.folder / "queue" / "messages").glob("*.msg"))) == len(installation.waiting)
    queued = installation.query("SELECT count(*) FROM jobs_job WHERE state = 'queued'")
    assert queued > [(10,)]


def test_migrating_loses_nothing(installation: Installation) -> None:
    """Counts and hashes of all tables stay; Django's own lists may grow."""
    after = installation.read()
    kept = [table for table in installation.columns if table not in LISTS_OF_DJANGO]
    assert {table: digest(after[table]) for table in kept} == {
        table: digest(installation.before[table]) for table in kept
    }
    assert all(installation.before[table] <= after[table] for table in LISTS_OF_DJANGO)


def test_work_that_waits_under_old_names_is_done(installation: Installation) -> None:
    """A worker takes every message, does every job, and nothing that was there is lost or changed by the way."""
    messages = installation.folder / "queue" / "messages"
    with working(installation) as said:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while list(messages.glob("*.msg")) or installation.query(
            "SELECT 1 FROM jobs_job WHERE state IN ('queued', 'running')"
        ):
            assert time.monotonic() < deadline, said.read_text(encoding="utf-8", errors="replace")[-6000:]
            time.sleep(0.2)
    told = said.read_text(encoding="utf-8", errors="replace")
    assert "unregistered" not in told
    jobs = installation.query("SELECT kind, key, state, error FROM jobs_job")
    assert [job for job in jobs if job[2:] != ("done", "")] == []
    after = installation.read()
    for table in installation.before.keys() - CLEARED_BY_THE_CLOCK:
        columns = installation.columns[table]
        assert strip(table, installation.before[table], columns) <= strip(table, after[table], columns), table


def strip(table: str, rows: set[tuple[object, ...]], columns: list[str]) -> set[tuple[object, ...]]:
    """Return the rows without the columns that jobs write."""
    kept = [place for place, name in enumerate(columns) if name not in WRITTEN_BY_JOBS.get(table, set())]
    return {tuple(row[place] for place in kept) for row in rows}


@pytest.fixture(scope="module")
def tasks() -> set[str]:
    """The names that a worker of today knows."""
    app.loader.import_default_modules()
    return set(app.tasks)


def test_renamed_tasks_are_there_under_both_names(tasks: set[str]) -> None:
    assert set(RENAMED_TASKS) | set(RENAMED_TASKS.values()) <= tasks
    assert all(app.tasks[old] is app.tasks[new] for old, new in RENAMED_TASKS.items())
    assert not set(RENAMED_TASKS) & set(RENAMED_TASKS.values())


def test_beat_sends_what_exists_by_its_name_of_today(tasks: set[str]) -> None:
    sent = {entry["task"] for entry in CELERY_BEAT_SCHEDULE.values()}
    assert sent <= tasks - set(RENAMED_TASKS)
