"""All answers of 435 companies, unpaged, read from this product over HTTP and from RDMO, in one go, on PostgreSQL.

Run `python bench/answers.py [RUNS]`. The companies have a database `readiness_bench_answers` of their own, as they
have in RDMO: there is nothing else to pass over. Ends with 1 where the bar is missed.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.installation import prepare_environment

COMPANIES = 435
RUNS = 5


def main(runs: int) -> None:
    """Fill what is missing, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        prepare_environment("readiness_bench_answers", Path(folder))
        # Django can only be imported once the environment is set.
        from bench import data, reading
        from bench.figures import iter_printed
        from bench.processes import run_site

        programme = data.fill_answered_programme(COMPANIES)
        with run_site(Path(folder)):
            figures = list(iter_printed(reading.compare_answers_with_rdmo(programme, runs, Path(folder))))
    if not all(figure.is_met for figure in figures):
        sys.exit("The bar was missed.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
