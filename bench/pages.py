"""Server time and number of queries of the bureau's pages at 435 companies in two rounds, on SQLite.

Run `python bench/pages.py [COMPANIES]`. Makes its own database in a temporary folder. A time is that of the
whole request inside the process (middleware, view, template), the median of interleaved runs.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

RUNS = 9
COMPANIES = 435
SEED = 435


def main(companies: int) -> None:
    """Fill a database and time each page."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "VAR_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            "DEBUG": "false",
            "LOG_LEVEL": "ERROR",
        }
        sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
        measure(companies)


def measure(companies: int) -> None:
    """Print a line for each page; Django can only be imported once the environment is set."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.test import Client, override_settings
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from accounts.roles import Role
    from tests import factories
    from tests.cohort.crowd import make_crowd

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        programme = factories.make_programme()
        crowd = make_crowd(programme, companies, SEED)
        officer = factories.make_staff(programme, Role.OFFICER)
    call_command("check", verbosity=0)
    connection.cursor().execute("ANALYZE")
    company = next(known.company for known in crowd.known if known.verified is not None)
    pages = {
        "overview": reverse("cohort:overview"),
        "overview, one sector": reverse("cohort:overview") + "?sector=steel",
        "list of companies": reverse("cohort:companies"),
        "list, searched": reverse("cohort:companies") + "?q=" + "有限",
        "company file": reverse("cohort:company", args=[company.pk]),
    }
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    times: dict[str, list[float]] = {name: [] for name in pages}
    queries: dict[str, int] = {}
    with override_settings(ALLOWED_HOSTS=["testserver"], STORAGES=plain):
        client = Client()
        client.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")
        for name, path in pages.items():
            with CaptureQueriesContext(connection) as captured:
                assert client.get(path).status_code == 200, path
            queries[name] = len(captured)
        for _ in range(RUNS):
            for name, path in pages.items():
                started = time.perf_counter()
                client.get(path)
                times[name].append(1000 * (time.perf_counter() - started))
    print(
        f"{companies} companies, 2 rounds, {connection.vendor}, {platform.machine()}, {os.cpu_count()} cores,"
    )
    print(f"medians of {RUNS} interleaved runs, load {os.getloadavg()[0]:.1f}")
    print(f"{'page':24}{'median ms':>12}{'fastest ms':>12}{'queries':>10}")
    for name, taken in times.items():
        print(f"{name:24}{statistics.median(taken):12.0f}{min(taken):12.0f}{queries[name]:10d}")
    connection.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COMPANIES)
