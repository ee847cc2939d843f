"""Server time of the bureau's work on PostgreSQL: opening a round for a cohort, the overview, and
a page of the list of companies.

Run `python bench/bureau.py [COMPANIES]`; 435 without a number. Makes a database of its own on the server in
BENCH_POSTGRES and drops it again. A request is the whole request inside the process (middleware, view, template);
"all created" is the job's function, run as a worker runs it. Medians of interleaved runs.

"Cold" means that nothing of the figures is kept from an earlier request: the site caches none of them, so each run
reads and counts all companies anew. What a new process reads besides (its modules, templates and texts) it reads
before it serves: `config.wsgi`. The line "in a new process" is the first request of all that such a process answers.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from tests.cohort.crowd import Crowd

POSTGRES = os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432")
NAME = f"readiness_bureau_{os.getpid()}"
RUNS = 7
# A round of a larger cohort takes half a minute to make each time; what is read is measured at any size.
MOST_TO_OPEN = 5_000
SEED = 435
NEW_PROCESSES = 3
FIRST_REQUEST = """
import sys, time
import config.wsgi
from django.conf import settings
from django.test import Client
from django.test.utils import override_settings

plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
with override_settings(ALLOWED_HOSTS=["testserver"], STORAGES=plain):
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = sys.argv[2]
    started = time.perf_counter()
    response = client.get(sys.argv[1])
    taken = time.perf_counter() - started
assert response.status_code == 200, response.status_code
print(1000 * taken)
"""


def main(companies: int) -> None:
    """Make a database, measure, drop it."""
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {NAME}".encode())
        try:
            with tempfile.TemporaryDirectory() as folder:
                os.environ |= {
                    "DJANGO_SETTINGS_MODULE": "config.settings",
                    "VAR_DIR": folder,
                    "DATABASE_URL": f"{POSTGRES}/{NAME}",
                    "DEBUG": "false",
                    "LOG_LEVEL": "ERROR",
                    "STAFF_SECOND_FACTOR": "false",
                }
                sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
                measure(companies)
        finally:
            server.execute(f"DROP DATABASE {NAME} WITH (FORCE)".encode())


def measure(companies: int) -> None:
    """Print a line for each figure; Django can only be imported once the environment is set."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.test import Client, override_settings
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse
    from django.utils import timezone

    from accounts.roles import Role
    from assessments.models import Assessment, Round
    from assessments.tasks import open_round
    from instrument import CURRENT
    from jobs.models import Job
    from tests import factories
    from tests.cohort.crowd import make_crowd

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        programme = factories.make_programme()
        raise_some_flags(make_crowd(programme, companies, SEED))
        officer = factories.make_staff(programme, Role.OFFICER)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    today = timezone.localdate()
    form = {
        "code": "T2",
        "opens_on": today.isoformat(),
        "deadline": (today + timedelta(days=30)).isoformat(),
        "instrument_version": CURRENT,
    }
    listing = reverse("cohort:companies") + "?round=T1"
    pages = {
        "overview, all panels": reverse("cohort:overview") + "?round=T1",
        "own and verified values": reverse("cohort:differences") + "?round=T1",
        "list of companies": listing,
        "list, searched": listing + "&q=有限",
        "list, by reviewers": listing + "&columns=stage.level.readiness.assessor.county",
    }
    names = ["open a round: request", "open a round: all created", *pages, "overview, in a new process"]
    times: dict[str, list[float]] = {name: [] for name in names}
    queries: dict[str, int] = {}
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}

    def timed(name: str, work: object) -> None:
        connection.queries_log.clear()  # it is full after 9,000
        with CaptureQueriesContext(connection) as captured:
            started = time.perf_counter()
            work()  # type: ignore[operator]
            times[name].append(1000 * (time.perf_counter() - started))
        queries[name] = len(captured)

    with override_settings(ALLOWED_HOSTS=["testserver"], STORAGES=plain):
        client = Client()
        client.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")
        # Once each before it counts: a process imports and compiles templates at its first request.
        for path in pages.values():
            assert client.get(path).status_code == 200, path
        for _ in range(RUNS):
            if companies <= MOST_TO_OPEN:
                timed(
                    "open a round: request",
                    lambda: client.post(reverse("cohort:round_open"), form),
                )
                opened = Round.objects.get(programme=programme, code="T2")
                job = Job.objects.get(kind="open-round")
                timed("open a round: all created", lambda: open_round(str(job.pk)))  # noqa: B023
                assert Assessment.objects.filter(round=opened).count() == companies
                # Nothing refers to them yet, and asking each table about each of them takes long.
                Assessment.objects.filter(round=opened)._raw_delete("default")
                opened.delete()
                job.delete()
            for name, path in pages.items():
                timed(name, lambda: client.get(path))  # noqa: B023
        session = client.cookies["sessionid"].value
        for _ in range(NEW_PROCESSES):
            times["overview, in a new process"].append(first_request(pages["overview, all panels"], session))
    print(
        f"{companies} companies, 2 rounds, {connection.vendor}, {platform.machine()}, {os.cpu_count()} cores,"
    )
    print(f"medians of {RUNS} interleaved runs, load {os.getloadavg()[0]:.1f}")
    print("no figure is kept between requests: each run counts all companies anew")
    print(f"{'what':28}{'median ms':>12}{'fastest ms':>12}{'queries':>10}")
    for name, taken in times.items():
        if taken:
            print(f"{name:28}{statistics.median(taken):12.0f}{min(taken):12.0f}{queries.get(name, ''):>10}")
    connection.close()


def first_request(path: str, session: str) -> float:
    """Milliseconds of the first request that a process answers which has loaded what a worker loads."""
    program = [sys.executable, "-c", FIRST_REQUEST, path, session]
    root = Path(__file__).resolve().parent.parent
    return float(subprocess.run(program, cwd=root, capture_output=True, text=True, check=True).stdout)


def raise_some_flags(crowd: Crowd) -> None:
    """Hints about a quarter of the companies with a result, as a round has them."""
    from assessments.models import Flag

    evidence = {"score": 1.5, "limit": 0.4, "compared": 435, "release": ""}
    Flag.objects.bulk_create(
        [
            Flag(
                assessment=known.now,
                submission=run.submission,
                kind=Flag.Kind.STRAIGHT,
                evidence=evidence,
                raised_at=run.submission.submitted_at,
            )
            for known, run in crowd.scored[::4]
        ],
        batch_size=500,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 435)
