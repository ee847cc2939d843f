"""Server time of the bureau's work on PostgreSQL: opening a round for a cohort, the overview, lists, a company's file.

Run `python bench/bureau.py [COMPANIES]`; 435 without a number. Needs what `bench/installation.py` names; makes a
database of its own and drops it again. A request is the whole request inside the process (middleware, view,
template); "all created" is the job's function, run as a worker runs it. Medians of interleaved runs. Ends with 1
where a bar was missed.

"Cold" means that nothing of the figures is kept from an earlier request: the site caches none of them, so each run
reads and counts all companies anew. What a new process reads besides (its modules, templates and texts) it reads
before it serves: `config.wsgi`. "In a new process" is the first request of all that such a process answers.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.installation import POSTGRES, ROOT, prepare_environment

if TYPE_CHECKING:
    from django.test import Client

    from bench.figures import BenchFigure
    from companies.models import Programme
    from tests.cohort.crowd import Crowd

NAME = f"readiness_bureau_{os.getpid()}"
RUNS = 7
# A round of a larger cohort takes half a minute to make each time; what is read is measured at any size.
MOST_TO_OPEN = 5_000
SEED = 435
NEW_PROCESSES = 3
# Up to this many companies the overview has the first of its two bars, and a list has one.
PILOT = 435
# Seconds that each may take.
OPENING = {"open a round: request": 0.3, "open a round: all created": 10}
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
print(taken)
"""


def main(companies: int) -> None:
    """Make a database, measure, drop it."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["STAFF_SECOND_FACTOR"] = "false"
            prepare_environment(NAME, Path(folder))
            # Django can only be imported once the environment is set.
            from django.db import connection

            from bench.figures import format_table

            found = list(measure(companies))
            connection.close()
    finally:
        with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)".encode())
    print(format_table(found))
    if not all(figure.is_met for figure in found):
        sys.exit("A bar was missed.")


def measure(companies: int) -> Iterator[BenchFigure]:
    """Measure every figure of a cohort of this many companies in two rounds."""
    from django.db import connection, transaction
    from django.test import Client, override_settings
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from accounts.roles import Role
    from bench.figures import time_interleaved
    from tests import factories
    from tests.cohort.crowd import make_crowd

    with transaction.atomic():
        programme = factories.make_programme()
        crowd = make_crowd(programme, companies, SEED)
        raise_some_flags(crowd)
        officer = factories.make_staff(programme, Role.OFFICER)
    connection.cursor().execute("ANALYZE")
    one = next(known.company for known in crowd.known if known.verified is not None)
    overview, listing = reverse("cohort:overview") + "?round=T1", reverse("cohort:companies") + "?round=T1"
    most_overview, most_list = (0.3, 0.15) if companies <= PILOT else (1.0, inf)
    pages = {
        "overview, all panels": (overview, most_overview),
        "overview, one sector": (overview + "&sector=steel", most_overview),
        "own and verified values": (reverse("cohort:differences") + "?round=T1", most_overview),
        "list of companies": (listing, most_list),
        "list, searched": (listing + "&q=有限", most_list),
        "list, by reviewers": (listing + "&columns=stage.level.readiness.assessor.county", most_list),
        "file of a company": (reverse("cohort:company", args=[one.pk]), inf),
    }
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(ALLOWED_HOSTS=["testserver"], STORAGES=plain):
        client = Client()
        client.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")
        parts = build_opening_parts(client, programme, companies) if companies <= MOST_TO_OPEN else {}
        parts |= {name: partial(request_page, client, path) for name, (path, _) in pages.items()}
        queries = {}
        # Each once before it counts: a process keeps the kinds of content that its first request reads.
        for part in parts.values():
            part()
        for name, part in parts.items():
            with CaptureQueriesContext(connection) as captured:
                part()
            queries[name] = len(captured)
        times = time_interleaved(RUNS, parts)
        session = client.cookies["sessionid"].value
    new = [time_first_request(overview, session) for _ in range(NEW_PROCESSES)]
    print(
        f"{companies:,} companies, 2 rounds, {connection.vendor}, {platform.machine()}, {os.cpu_count()} cores, "
        f"medians of {RUNS} interleaved runs, load {os.getloadavg()[0]:.1f}; no figure is kept between requests"
    )
    most = OPENING | {name: limit for name, (_, limit) in pages.items()}
    for name, taken in times.items():
        yield build_figure(f"{name} ({queries[name]} queries)", taken, most[name])
    yield build_figure("overview, in a new process", new, most_overview)


def build_figure(what: str, taken: list[float], most: float) -> BenchFigure:
    """Build the figure of the median of these seconds, with the fastest."""
    from bench.figures import BenchFigure

    middle = statistics.median(taken)
    limit = "" if most == inf else f"; at most {1000 * most:.0f}"
    return BenchFigure(what, middle, most, f"{1000 * middle:.0f} ms (fastest {1000 * min(taken):.0f}{limit})")


def request_page(client: Client, path: str) -> None:
    """Ask for the page."""
    assert client.get(path).status_code == 200, path


def build_opening_parts(
    client: Client, programme: Programme, companies: int
) -> dict[str, Callable[[], object]]:
    """Build the request that opens a round, and the job that it leaves, after which all is as before."""
    from django.urls import reverse
    from django.utils import timezone

    from assessments.models import Assessment, Round
    from assessments.tasks.rounds import open_round
    from instrument import CURRENT
    from jobs.models import Job

    today = timezone.localdate()
    form = {
        "code": "T2",
        "opens_on": today.isoformat(),
        "deadline": (today + timedelta(days=30)).isoformat(),
        "instrument_version": CURRENT,
    }

    def create_assessments() -> float:
        job = Job.objects.get(kind="open-round")
        started = time.perf_counter()
        open_round(str(job.pk))
        taken = time.perf_counter() - started
        opened = Round.objects.get(programme=programme, code="T2")
        made = Assessment.objects.filter(round=opened)
        assert made.count() == companies
        # Nothing refers to them yet, and asking each table about each of them takes long.
        made._raw_delete("default")
        opened.delete()
        job.delete()
        return taken

    request, created = OPENING
    return {request: partial(client.post, reverse("cohort:round_open"), form), created: create_assessments}


def time_first_request(path: str, session: str) -> float:
    """Return the seconds of the first request to a process that has loaded what a worker loads."""
    program = [sys.executable, "-c", FIRST_REQUEST, path, session]
    return float(subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def raise_some_flags(crowd: Crowd) -> None:
    """Raise flags about a quarter of the companies with a result, as a round has them."""
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
