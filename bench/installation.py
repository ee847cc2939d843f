"""What a measurement on PostgreSQL runs on: an environment and a database of its own, which stays for the next run.

Needs a PostgreSQL server (the superuser on the usual port, or `BENCH_POSTGRES`) and a Redis (`BENCH_REDIS`).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432")
REDIS = os.environ.get("BENCH_REDIS", "redis://127.0.0.1:6379/11")


def prepare_environment(name: str, folder: Path) -> str:
    """Set the environment for a database, make and migrate it where needed; return its address."""
    import psycopg

    address = f"{POSTGRES}/{name}"
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "VAR_DIR": str(folder),
        "DATABASE_URL": address,
        "REDIS_URL": REDIS,
        "REDIS_PREFIX": name.replace("_", "-"),
        "SECRET_KEY": "bench",
        "API_RATE": "1000000/min",
        "DEBUG": "false",
        "LOG_LEVEL": "ERROR",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
    }
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as server:
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            server.execute(f"CREATE DATABASE {name}")
    # Django can only be imported once the environment is set.
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    return address
