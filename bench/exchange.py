"""Exports, pages, bulk scoring, the preview and RDMO side by side in one go, on PostgreSQL, Redis and a real worker.

Run `python bench/exchange.py [--sizes 10000,100000,1000000] [--runs 5] [--parts exports,rdmo]`. Needs a PostgreSQL
server (the superuser on the usual port, or `BENCH_POSTGRES`), a Redis (`BENCH_REDIS`) and psql; makes a database
`readiness_bench` of its own and leaves it there for the next run, as it does the environment for RDMO. A ratio is that
of medians of interleaved runs. The lines that it prints go into the README. Ends with 1 where a bar was missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.figures import Figure

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432")
REDIS = os.environ.get("BENCH_REDIS", "redis://127.0.0.1:6379/11")
DATABASE = f"{POSTGRES}/readiness_bench"
ANSWERED_COMPANIES = 435


def main() -> None:
    """Fill what is missing, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--compared", type=int, default=100_000, help="rows that are exported and scored")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--parts", default="scoring,single,exports,preview,rdmo")
    options = parser.parse_args()
    sizes = sorted({*(int(size) for size in options.sizes.split(",")), options.compared})
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "VAR_DIR": folder,
            "DATABASE_URL": DATABASE,
            "REDIS_URL": REDIS,
            "REDIS_PREFIX": "readiness-bench",
            "SECRET_KEY": "bench",
            "API_RATE": "1000000/min",
            "DEBUG": "false",
            "LOG_LEVEL": "ERROR",
            "OPENBLAS_NUM_THREADS": "1",
            "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
        }
        sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
        _create_database()
        # Django can only be imported once the environment is set.
        from bench.figures import table

        parts = options.parts.split(",")
        found = list(measure(sizes, options.compared, options.runs, parts, Path(folder)))
        print(f"\n{table(found)}")
    if not all(figure.is_met for figure in found):
        sys.exit("A bar was missed.")


def _create_database() -> None:
    import psycopg

    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as server:
        name = DATABASE.rsplit("/", 1)[1]
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            server.execute(f"CREATE DATABASE {name}")


def measure(sizes: list[int], compared: int, runs: int, parts: list[str], folder: Path) -> Iterator[Figure]:
    """Every figure as soon as it is there."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from bench import bulk_scoring, data, reading
    from bench.processes import site, worker

    call_command("migrate", verbosity=0)
    releases = {size: data.is_there(size) or data.fill(size) for size in sizes}
    answered = data.answered(ANSWERED_COMPANIES)
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, PostgreSQL, load {os.getloadavg()[0]:.1f}, {runs} runs each, "
        f"{timezone.now():%Y-%m-%d %H:%M} UTC"
    )
    small, large = releases[sizes[0]], releases[compared]
    with worker(folder):
        if "scoring" in parts:
            yield from told(bulk_scoring.bulk(releases, compared, runs, DATABASE))
        if "single" in parts:
            yield from told(bulk_scoring.single(small))
        for release in (small, large):
            bulk_scoring.have_scored(release)
    with site(folder) as server:
        if "exports" in parts:
            yield from told(reading.exports(large, small, compared, runs, folder, DATABASE, server))
        if "preview" in parts:
            yield from told(reading.preview(large))
        if "rdmo" in parts:
            yield from told(reading.answers_beside_rdmo(answered, runs, folder))


def told(figures: Iterator[Figure]) -> Iterator[Figure]:
    """The same, printed with the load of the machine."""
    for figure in figures:
        print(f"{figure.line()} load {os.getloadavg()[0]:.1f}", flush=True)
        yield figure


if __name__ == "__main__":
    main()
