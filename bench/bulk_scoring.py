"""Bulk scoring through a real worker beside one script, what an assessment costs at each size, and a single one."""

from __future__ import annotations

import statistics
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np
import psycopg

from assessments.actions import submissions
from assessments.models import Round, ScoreRun
from assessments.scoring.compute import compute_scores, load_official_tables, parse_scorecard
from assessments.scoring.storage import FIGURES, KEYS, TIER_COLUMNS
from assessments.tasks.scoring import request_programme_scoring
from bench.data import FIRST_SINGLE, forget_runs
from bench.figures import BenchFigure, build_ratio, compute_percentile, time_interleaved
from benchmarks.models import Activation, Release
from companies.models import Company
from jobs.models import Job
from tests import factories

SINGLE = 60
PATIENCE_SECONDS = 1800


def measure_bulk_scoring(
    releases: Mapping[int, Release], compared: int, runs: int, database: str
) -> Iterator[BenchFigure]:
    """Measure each size through Celery and Redis, and the script at one of them, in turn."""
    parts = {str(size): partial(time_full_scoring, release) for size, release in releases.items()}
    times = time_interleaved(runs, {"script": partial(time_script, releases[compared], database), **parts})
    middle = {size: statistics.median(times[str(size)]) for size in releases}
    yield build_ratio(
        f"bulk scoring of {compared:,} stored submissions through Celery and Redis, against one script with COPY "
        "out, NumPy and COPY in",
        times,
        str(compared),
        "script",
        4,
    )
    each = {size: 1e6 * seconds / size for size, seconds in middle.items()}
    costs = ", ".join(f"{cost:.0f} at {size:,}" for size, cost in each.items())
    spread = max(each.values()) / min(each.values())
    yield BenchFigure(
        "cost per assessment, most against least",
        spread,
        1.3,
        f"{spread:.2f} times (microseconds: {costs}; at most 1.3)",
    )


def time_full_scoring(release: Release) -> float:
    """Return the seconds from the request until all submissions of the programme are scored."""
    forget_runs(release)
    return time_scoring(release)


def time_scoring(release: Release) -> float:
    """Do the same without forgetting what is there: next to nothing where all is scored."""
    started = time.perf_counter()
    job = request_programme_scoring(Activation.objects.get(release=release), by=None)
    while (now := Job.objects.get(pk=job.pk)).is_open:
        if time.perf_counter() - started > PATIENCE_SECONDS:
            sys.exit(f"Scoring did not end: {now}")
        time.sleep(0.02)
    taken = time.perf_counter() - started
    assert now.state == Job.State.DONE, now.error
    assert ScoreRun.objects.filter(release=release).count() >= now.total
    return taken


def time_script(release: Release, database: str) -> float:
    """Read the vectors by COPY, score them with NumPy, write the figures by COPY; return the seconds."""
    scorecard, rule = parse_scorecard(release.scorecard), load_official_tables(release.instrument_version)
    with psycopg.connect(database) as connection:
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
        scored = compute_scores(vectors, scorecard, rule)
        columns = [scored.columns[name].tolist() for name in FIGURES]
        hidden = [name in TIER_COLUMNS for name in FIGURES]
        now = np.datetime64("now").astype(str)
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY bench_copy ({', '.join((*KEYS, *FIGURES))}) FROM STDIN") as copy,
        ):
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


def measure_single_submission(release: Release) -> Iterator[BenchFigure]:
    """Measure from a submission to its stored score, with a real worker that is idle otherwise."""
    round_ = Round.objects.get(programme=release.programme)
    times = []
    there = Company.objects.filter(credit_code__startswith=factories.make_credit_code(0)[:12]).count()
    for number in range(FIRST_SINGLE + there, FIRST_SINGLE + there + SINGLE):
        company = factories.make_company(release.programme, number=number)
        owner = factories.make_member(company, f"Owner {time.time_ns()}")
        assessment = factories.make_assessment(company, round_)
        factories.store_answers(assessment, by=owner)
        started = time.perf_counter()
        made = submissions.submit_answers(assessment=assessment, declared=True, by=owner)
        while not ScoreRun.objects.filter(submission=made).exists():
            if time.perf_counter() - started > PATIENCE_SECONDS:
                sys.exit("A single submission was not scored.")
            time.sleep(0.005)
        times.append(time.perf_counter() - started)
    slow = compute_percentile(times)
    words = f"{slow:.2f} s (median {statistics.median(times):.2f} s; at most 1 s)"
    yield BenchFigure("a single submission to its stored score, idle worker, 95th percentile", slow, 1, words)
