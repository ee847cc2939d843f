"""Exports, pages, bulk scoring and the preview beside the plainest thing that does the same, in one go.

Run `python bench/exchange.py [--sizes 10000,100000,1000000] [--runs 5]`. Needs a PostgreSQL server (the superuser on
the usual port, or `BENCH_POSTGRES`), a Redis (`BENCH_REDIS`) and psql; makes a database `readiness_bench` of its own
and leaves it there for the next run. A figure is the ratio of medians of interleaved runs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432")
REDIS = os.environ.get("BENCH_REDIS", "redis://127.0.0.1:6379/11")
DATABASE = "readiness_bench"
PORT = int(os.environ.get("BENCH_PORT", "8110"))
SITE = f"http://127.0.0.1:{PORT}"
PAGE = 1000
SINGLE = 25
PREVIEWS = 200
PATIENCE_SECONDS = 900

Times = dict[str, list[float]]


def main() -> None:
    """Fill what is missing, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--exported", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    sizes = sorted({*(int(size) for size in options.sizes.split(",")), options.exported})
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "VAR_DIR": folder,
            "DATABASE_URL": f"{POSTGRES}/{DATABASE}",
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
        measure(sizes, options.exported, options.runs, Path(folder))


def _create_database() -> None:
    import psycopg

    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as server:
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
            server.execute(f"CREATE DATABASE {DATABASE}")


def measure(sizes: list[int], exported: int, runs: int, folder: Path) -> None:
    """Everything; Django can only be imported once the environment is set."""
    import django

    django.setup()
    from django.core.management import call_command

    from bench import data

    call_command("migrate", verbosity=0)
    releases = {size: data.is_there(size) or data.fill(size) for size in sizes}
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, PostgreSQL, load {os.getloadavg()[0]:.1f}, {runs} runs each"
    )
    with worker(folder):
        scored = scoring(releases, exported, runs)
        single(releases[sizes[0]])
    with site(folder) as server:
        exports(releases[exported], exported, runs, folder, server)
    del scored


def scoring(releases: dict[int, Any], compared: int, runs: int) -> Times:
    """Bulk scoring through a worker against one script, and what one assessment costs at each size."""
    from assessments.tasks import request_programme_scoring
    from bench.data import forget_runs
    from benchmarks.models import Activation
    from jobs.models import Job

    taken: Times = {}

    def by_worker(size: int) -> float:
        release = releases[size]
        forget_runs(release)
        started = time.perf_counter()
        job = request_programme_scoring(Activation.objects.get(release=release), by=None)
        while (state := Job.objects.get(pk=job.pk)).is_open:
            if time.perf_counter() - started > PATIENCE_SECONDS:
                sys.exit(f"Scoring {size} did not end: {state}")
            time.sleep(0.02)
        assert state.state == Job.State.DONE, state.error
        return time.perf_counter() - started

    for _ in range(runs):
        taken.setdefault("script", []).append(script(releases[compared]))
        for size in releases:
            if size > compared and len(taken.get(str(size), ())) >= 1:
                continue  # the largest takes minutes; once tells enough
            taken.setdefault(str(size), []).append(by_worker(size))
    middle = {name: statistics.median(times) for name, times in taken.items()}
    print(f"\nbulk scoring of {compared} through Celery and Redis: {middle[str(compared)]:.2f} s")
    print(f"  one script, COPY out, NumPy, COPY in: {middle['script']:.2f} s")
    print(f"  ratio {middle[str(compared)] / middle['script']:.2f} (bar 4)")
    each = {size: 1e6 * middle[str(size)] / size for size in releases}
    for size, cost in each.items():
        print(f"  {size:>9} assessments: {cost:6.1f} microseconds each")
    print(f"  largest over smallest cost {max(each.values()) / min(each.values()):.2f} (bar 1.3)")
    return taken


def script(release: Any) -> float:
    """Read the vectors by COPY, score them with NumPy, write the figures by COPY into a table with the same keys."""
    import numpy as np
    import psycopg

    from assessments.scoring import compute, rule_of, scorecard_of
    from assessments.storing import FIGURES, KEYS, TIER_COLUMNS

    scorecard, rule = scorecard_of(release.scorecard), rule_of(release.instrument_version)
    with psycopg.connect(f"{POSTGRES}/{DATABASE}") as connection:
        connection.execute("DROP TABLE IF EXISTS bench_copy")
        connection.execute("CREATE TABLE bench_copy (LIKE assessments_score_run INCLUDING ALL)")
        for column, table in (
            ("submission_id", "assessments_submission"),
            ("release_id", "benchmarks_release"),
        ):
            connection.execute(f"ALTER TABLE bench_copy ADD FOREIGN KEY ({column}) REFERENCES {table} (id)")
        connection.commit()
        started = time.perf_counter()
        ids, vectors = [], []
        query = (
            "COPY (SELECT submission.id, encode(vector, 'hex') FROM assessments_submission AS submission "
            "JOIN assessments_assessment AS assessment ON assessment.id = assessment_id "
            "JOIN assessments_round AS round ON round.id = round_id "
            f"WHERE programme_id = '{release.programme_id}') TO STDOUT"
        )
        with connection.cursor() as cursor, cursor.copy(query) as copy:
            for row in copy.rows():
                ids.append(row[0])
                vectors.append(bytes.fromhex(row[1]))
        scored = compute(vectors, scorecard, rule)
        columns = [scored.columns[name].tolist() for name in FIGURES]
        hidden = [name in TIER_COLUMNS for name in FIGURES]
        now = np.datetime64("now").astype(str)
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY bench_copy ({', '.join((*KEYS, *FIGURES))}) FROM STDIN") as copy,
        ):
            import uuid

            lines = []
            for submission, is_stated, *figures in zip(ids, scored.stated.tolist(), *columns, strict=True):
                shown = [
                    "\\N" if off and not is_stated else str(figure)
                    for figure, off in zip(figures, hidden, strict=True)
                ]
                lines.append("\t".join((str(uuid.uuid4()), submission, str(release.pk), now, *shown)))
            copy.write("\n".join(lines) + "\n")
        connection.commit()
        return time.perf_counter() - started


def single(release: Any) -> None:
    """From a submission to its stored score, with a real worker that has nothing else to do."""
    from assessments.actions import submissions
    from assessments.models import Round, ScoreRun
    from tests import factories

    round_ = Round.objects.get(programme=release.programme)
    times = []
    for _ in range(SINGLE):
        company = factories.make_company(release.programme)
        owner = factories.make_member(company, f"Owner {time.time_ns()}")
        assessment = factories.make_assessment(company, round_)
        factories.store_answers(assessment, by=owner)
        started = time.perf_counter()
        made = submissions.submit(assessment=assessment, declared=True, by=owner)
        while not ScoreRun.objects.filter(submission=made).exists():
            if time.perf_counter() - started > PATIENCE_SECONDS:
                sys.exit("A single submission was not scored.")
            time.sleep(0.005)
        times.append(time.perf_counter() - started)
    print(f"\nsingle submission to stored score, p95: {percentile(times):.3f} s (bar 1)")


def exports(release: Any, rows: int, runs: int, folder: Path, server: subprocess.Popen[bytes]) -> None:
    """Files and pages over HTTP against psql; the preview."""
    from assessments.exports.reading import _text_query
    from assessments.exports.tables import SCORES, scores_for

    text, user = key_for(release)
    query = _text_query(SCORES, scores_for(user).filter(release=release), guard=True)
    sql = folder / "query.sql"
    sql.write_text(f"\\copy ({query}) to '{folder}/psql.csv' csv header\n".replace("\n", " ") + "\n")
    read: dict[str, Callable[[], Any]] = {
        "psql": lambda: subprocess.run(
            ["psql", "-q", f"{POSTGRES}/{DATABASE}", "-f", str(sql)], check=True, stdout=subprocess.DEVNULL
        ),
        **{
            form: partial(
                download, f"/api/v1/exports/scores?release={release.pk}&format={form}", text, folder
            )
            for form in ("csv", "jsonl", "parquet")
        },
        "pages": lambda: walk(f"/api/v1/scores?release={release.pk}&limit={PAGE}", text, rows),
    }
    for run in read.values():
        run()
    grown = memory(server)
    times: Times = {name: [] for name in read}
    growth = 0
    for _ in range(runs):
        for name, run in read.items():
            times[name].append(seconds(run))
            growth = max(growth, memory(server) - grown)
    middle = {name: statistics.median(taken) for name, taken in times.items()}
    print(f"\nexport of {rows} score rows; psql \\copy {middle['psql']:.2f} s")
    for name, bar in (("csv", 1.5), ("jsonl", 2.5), ("parquet", 2.5), ("pages", 10)):
        print(f"  {name:8} {middle[name]:6.2f} s, ratio {middle[name] / middle['psql']:5.2f} (bar {bar})")
    print(f"  the web process grew by {growth / 1024:.0f} MB (bar 50)")
    from assessments.api.answers import ANSWERS_EXAMPLE

    body = json.dumps({"answers": ANSWERS_EXAMPLE, "programme": str(release.programme_id)}).encode()
    asked = [seconds(lambda: post("/api/v1/preview", text, body)) for _ in range(PREVIEWS)]
    print(
        f"\npreview of one set over HTTP, p95: {1000 * percentile(asked[20:]):.1f} ms (bar 30 of server time)"
    )


def key_for(release: Any) -> tuple[str, Any]:
    """A key that reads the programme."""
    from datetime import timedelta

    from django.utils import timezone

    from accounts.actions import issue_key
    from accounts.models import ApiKey
    from companies.service_accounts import open_account

    account = open_account(programme=release.programme, name=f"Bench {time.time_ns()}", by=None)
    _key, text = issue_key(
        user=account,
        name="bench",
        scopes=list(ApiKey.Scope.values),
        expires_at=timezone.now() + timedelta(days=1),
        by=None,
    )
    return text, account


def request(path: str, key: str, body: bytes | None = None) -> urllib.request.Request:
    """A request with the key."""
    url = path if path.startswith("http") else SITE + path
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    return urllib.request.Request(url, data=body, headers=headers)


def download(path: str, key: str, folder: Path) -> None:
    """A file, to disk."""
    with urllib.request.urlopen(request(path, key)) as response, (folder / "download").open("wb") as file:
        while block := response.read(1 << 18):
            file.write(block)


def walk(path: str, key: str, rows: int) -> None:
    """All pages."""
    found, url = 0, path
    while url:
        with urllib.request.urlopen(request(url, key)) as response:
            page = json.load(response)
        found += len(page["results"])
        url = page["next"]
    assert found >= rows, (found, rows)


def post(path: str, key: str, body: bytes) -> None:
    """One request with a body."""
    with urllib.request.urlopen(request(path, key, body)) as response:
        response.read()


def percentile(times: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(times, n=20)[-1]


def seconds(run: Callable[[], Any]) -> float:
    """Wall-clock time of one run."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def memory(server: subprocess.Popen[bytes]) -> int:
    """Resident memory of the largest process of the server, in kB."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    status = [Path(f"/proc/{pid}/status").read_text() for pid in (server.pid, *children)]
    sizes = [
        int(line.split()[1]) for text in status for line in text.splitlines() if line.startswith("VmRSS")
    ]
    return max(sizes)


@contextmanager
def started(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process for as long as it is needed."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


@contextmanager
def worker(folder: Path) -> Iterator[None]:
    """A Celery worker with one process."""
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
        "WARNING",
    ]
    with started(command, folder / "worker.log"):
        yield


@contextmanager
def site(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The site under gunicorn, as in operation but for the number of processes."""
    command = [
        *(sys.executable, "-m", "gunicorn", "config.wsgi", "--workers", "1", "--threads", "4"),
        *("--bind", f"127.0.0.1:{PORT}", "--timeout", "600"),
    ]
    log = folder / "site.log"
    with started(command, log) as process:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{SITE}/health/live").close()
            except OSError:
                time.sleep(0.2)
            else:
                break
        else:
            sys.exit(f"The site did not start:\n{log.read_text()[-2000:]}")
        yield process


if __name__ == "__main__":
    main()
