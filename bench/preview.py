"""Server time of the preview: one set of answers, and a batch of 10,000, on SQLite.

Run `python bench/preview.py`. Makes its own database in a temporary folder and trains a release on the generated
reference facilities. A time is that of the whole request inside the process: key, rate, parsing, scoring, writing.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

SINGLE_RUNS = 300
BATCH_RUNS = 5
BATCH = 10_000
SEED = 20241018


def main() -> None:
    """Set the environment up and measure."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "VAR_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            "DEBUG": "false",
            "LOG_LEVEL": "ERROR",
            "API_RATE": "100000/min",
            "OPENBLAS_NUM_THREADS": "1",
        }
        sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
        measure()


def measure() -> None:
    """Print a line for each size; Django can only be imported once the environment is set."""
    import django

    django.setup()
    import orjson
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.test import Client, override_settings

    from benchmarks.actions import facilities, releases
    from tests import factories
    from tests.api.conftest import caller_for

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        programme = factories.make_programme()
        facilities.generate(programme=programme, seed=SEED, by=None)
        release = releases.fit_release(programme=programme, seed=SEED, by=None)
        releases.promote(release=release, proposed_by=None, confirmed_by=None)
        key = caller_for(programme).text
    sets = [
        {
            code: list(answer.value) if isinstance(answer.value, tuple) else answer.value
            for code, answer in factories.full_answers(stage).items()
        }
        for stage in range(5)
    ]
    single = [orjson.dumps({"answers": answers}) for answers in sets]
    many = orjson.dumps({"sets": [sets[number % len(sets)] for number in range(BATCH)]})
    headers = {"Authorization": f"Bearer {key}"}
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        client = Client()

        def time_request(path: str, body: bytes) -> float:
            started = time.perf_counter()
            response = client.post(path, data=body, content_type="application/json", headers=headers)
            elapsed = 1000 * (time.perf_counter() - started)
            assert response.status_code == 200, response.content[:300]
            return elapsed

        time_request("/api/v1/preview/", single[0])
        one = [time_request("/api/v1/preview/", single[run % len(single)]) for run in range(SINGLE_RUNS)]
        batch = [time_request("/api/v1/preview/batch/", many) for _ in range(BATCH_RUNS)]
    one.sort()
    print(f"{connection.vendor}, {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'preview':24}{'runs':>8}{'median ms':>12}{'p95 ms':>10}{'fastest ms':>12}")
    p95 = one[round(0.95 * (len(one) - 1))]
    print(f"{'one set':24}{len(one):8d}{statistics.median(one):12.1f}{p95:10.1f}{one[0]:12.1f}")
    print(
        f"{'10,000 sets':24}{len(batch):8d}{statistics.median(batch):12.0f}{max(batch):10.0f}{min(batch):12.0f}"
    )
    connection.close()


if __name__ == "__main__":
    main()
