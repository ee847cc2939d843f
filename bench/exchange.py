"""Exports, pages, bulk scoring and the preview beside plain PostgreSQL in one go, with Redis and a real worker.

Run `python bench/exchange.py [--sizes 10000,100000,1000000] [--runs 5] [--parts exports,preview]`. Needs psql besides
what `bench/installation.py` names; makes a database `readiness_bench`. A ratio is that of medians of interleaved runs.
The lines that it prints go into the README. Ends with 1 where a bar was missed.
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

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.installation import prepare_environment

if TYPE_CHECKING:
    from bench.figures import BenchFigure


def main() -> None:
    """Fill what is missing, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--compared", type=int, default=100_000, help="rows that are exported and scored")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--parts", default="scoring,single,exports,preview")
    options = parser.parse_args()
    sizes = sorted({*(int(size) for size in options.sizes.split(",")), options.compared})
    with tempfile.TemporaryDirectory() as folder:
        database = prepare_environment("readiness_bench", Path(folder))
        # Django can only be imported once the environment is set.
        from bench.figures import format_table

        parts = options.parts.split(",")
        found = list(measure(sizes, options.compared, options.runs, parts, Path(folder), database))
        print(f"\n{format_table(found)}")
    if not all(figure.is_met for figure in found):
        sys.exit("A bar was missed.")


def measure(
    sizes: list[int], compared: int, runs: int, parts: list[str], folder: Path, database: str
) -> Iterator[BenchFigure]:
    """Measure every figure and yield each as soon as it is there."""
    from django.utils import timezone

    from bench import bulk_scoring, data, reading
    from bench.figures import iter_printed
    from bench.processes import run_site, run_worker

    releases = {size: data.find_filled_release(size) or data.fill_programme(size) for size in sizes}
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, PostgreSQL, load {os.getloadavg()[0]:.1f}, {runs} runs each, "
        f"{timezone.now():%Y-%m-%d %H:%M} UTC"
    )
    small, large = releases[sizes[0]], releases[compared]
    with run_worker(folder):
        if "scoring" in parts:
            yield from iter_printed(bulk_scoring.measure_bulk_scoring(releases, compared, runs, database))
        if "single" in parts:
            # A programme of its own: what is submitted here would be scored again with the others.
            yield from iter_printed(
                bulk_scoring.measure_single_submission(data.find_filled_release(1) or data.fill_programme(1))
            )
        for release in (small, large):
            bulk_scoring.time_scoring(release)
    with run_site(folder) as server:
        if "exports" in parts:
            yield from iter_printed(
                reading.measure_exports(large, small, compared, runs, folder, database, server)
            )
        if "preview" in parts:
            yield from iter_printed(reading.measure_preview(large, folder))


if __name__ == "__main__":
    main()
