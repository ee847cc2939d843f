"""The tables of a test database in memory, copied from a file instead of migrated each time.

Migrating an empty SQLite takes every test process some eight seconds. The first one keeps what came out; it is used as
long as no migration and no pinned package changes. `migrate` still runs after the copy, and finds nothing to do.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings

FOLDER = Path(settings.BASE_DIR) / ".pytest_cache" / "schema"


def find_kept_schema() -> Path:
    """Return the file for the migrations as they are now; it may not be there yet."""
    found = hashlib.sha256()
    files = [Path(settings.BASE_DIR) / "constraints.txt"]
    for config in apps.get_app_configs():
        files += sorted((Path(config.path) / "migrations").glob("*.py"))
    for path in files:
        found.update(f"{path}\n".encode() + path.read_bytes())
    return FOLDER / f"{found.hexdigest()[:32]}.sqlite3"


def copy_schema_before_migrating(connection: Any, kept: Path) -> None:
    """Fill the database from the file as soon as it is made."""
    creation = connection.creation
    create = creation._create_test_db

    def create_and_fill(*arguments: Any, **options: Any) -> str:
        name: str = create(*arguments, **options)
        connection.settings_dict["NAME"] = name
        connection.ensure_connection()
        with closing(sqlite3.connect(kept)) as source:
            source.backup(connection.connection)
        return name

    creation._create_test_db = create_and_fill


def keep_schema(connection: Any, kept: Path) -> None:
    """Write the migrated database to the file, which appears whole or not at all; older ones go."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    draft = kept.with_suffix(f".{os.getpid()}.draft")
    connection.ensure_connection()
    with closing(sqlite3.connect(draft)) as target:
        connection.connection.backup(target)
    for old in kept.parent.glob("*.sqlite3"):
        old.unlink(missing_ok=True)
    draft.replace(kept)
