"""Exports and pages over HTTP beside psql, the preview, and the unpaged answers beside RDMO."""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from assessments.api.answers import ANSWERS_EXAMPLE
from assessments.exports.reading import _build_text_query
from assessments.exports.tables import SCORES, list_exported_scores
from assessments.models import Answer
from bench.calls import download, issue_bench_key, post_body, read_json_lines, read_pages
from bench.figures import BenchFigure, build_ratio, compute_percentile, time_interleaved, time_part
from bench.processes import Process, forget_peak, read_peak_memory, read_resident_memory, read_server_times
from bench.rdmo_peer import Peer
from benchmarks.models import Release
from companies.models import Programme

PAGE = 1000
# What RDMO tells of an answer: whose, to what, what, and when it was last changed.
SAME_READ = ("assessment", "item", "value", "answered_at")
PREVIEW = "/api/v1/preview"
PREVIEWS = 200
WARM = 20
WARM_ROUNDS = 3
BARS = {"csv": 1.5, "parquet": 2.5, "jsonl": 2.5, "pages": 10}
NAMES = {
    "csv": "CSV",
    "parquet": "Parquet",
    "jsonl": "JSON lines",
    "pages": f"paged JSON, {PAGE:,} a page",
}


def measure_exports(
    release: Release, small: Release, rows: int, runs: int, folder: Path, database: str, server: Process
) -> Iterator[BenchFigure]:
    """Measure all scores of a release as files and as pages, against psql, and the memory it takes.

    The process is warmed with the scores of a small release until each of its threads has loaded what it needs, so
    that growth by the size of an export shows.
    """
    warm, _account = issue_bench_key(small.programme)
    for _ in range(WARM_ROUNDS):
        for run in _build_reads(warm, small, 1, folder).values():
            run()
    text, user = issue_bench_key(release.programme)
    query = _build_text_query(SCORES, list_exported_scores(user).filter(release=release), guard=True)
    sql = folder / "query.sql"
    sql.write_text(f"\\copy ({query}) to '{folder}/psql.csv' csv header\n".replace("\n", " ") + "\n")
    psql = partial(
        subprocess.run, ["psql", "-q", database, "-f", str(sql)], check=True, stdout=subprocess.DEVNULL
    )
    before = read_resident_memory(server)
    forget_peak(server)
    times = time_interleaved(runs, {"psql": psql, **_build_reads(text, release, rows, folder)})
    growth = (read_peak_memory(server) - before) / 1024
    for form, bar in BARS.items():
        yield build_ratio(
            f"export of {rows:,} score rows over HTTP against psql \\copy: {NAMES[form]}",
            times,
            form,
            "psql",
            bar,
        )
    yield BenchFigure(
        "the most that the web process grew meanwhile", growth, 50, f"{growth:.0f} MB (at most 50)"
    )


def _build_reads(key: str, release: Release, rows: int, folder: Path) -> dict[str, Callable[[], None]]:
    files = {
        form: partial(
            download,
            f"/api/v1/exports/scores?release={release.pk}&format={form}",
            key,
            folder / f"scores.{form}",
        )
        for form in ("csv", "parquet", "jsonl")
    }
    return {
        **files,
        "pages": partial(read_pages, f"/api/v1/scores?release={release.pk}&limit={PAGE}", key, rows),
    }


def measure_preview(release: Release, folder: Path) -> Iterator[BenchFigure]:
    """Measure one set of answers over HTTP: what the server took, and what the client waited."""
    key, _account = issue_bench_key(release.programme)
    body = json.dumps({"answers": ANSWERS_EXAMPLE, "programme": str(release.programme_id)}).encode()
    waited = [1000 * time_part(partial(post_body, PREVIEW, key, body)) for _ in range(PREVIEWS)][WARM:]
    took = read_server_times(folder, PREVIEW)[WARM:]
    assert len(took) == len(waited)
    slow = compute_percentile(took)
    words = (
        f"{slow:.1f} ms (median {statistics.median(took):.1f} ms; at most 30; the client waited "
        f"{compute_percentile(waited):.1f} ms)"
    )
    yield BenchFigure("preview of one set, server time, 95th percentile", slow, 30, words)


def compare_answers_with_rdmo(programme: Programme, runs: int, folder: Path) -> Iterator[BenchFigure]:
    """Measure all answers, unpaged and parsed: ours over HTTP, RDMO's inside its process.

    That favours RDMO, which needs no server and no network here. Ours is asked for the columns that such a read is
    about, and for all of its columns; RDMO always gives all of its own.
    """
    key, _account = issue_bench_key(programme)
    found = Answer.objects.filter(assessment__round__programme=programme).order_by("assessment", "pk")
    stored = list(found.values_list("assessment__company__name", "item", "value"))
    answers = folder / "answers.json"
    answers.write_text(json.dumps(stored))

    def read_ours(fields: str) -> None:
        rows = read_json_lines(f"/api/v1/exports/answers?programme={programme.pk}&format=jsonl{fields}", key)
        assert len(rows) == len(stored), (len(rows), len(stored))

    ways = {"same": partial(read_ours, f"&fields={','.join(SAME_READ)}"), "all": partial(read_ours, "")}
    with Peer(answers) as peer:
        times = time_interleaved(runs, {**ways, "rdmo": peer.read})
    one, every, other = (statistics.median(times[name]) for name in ("same", "all", "rdmo"))
    yield BenchFigure(
        f"all {len(stored):,} answers, unpaged, against RDMO {peer.version} with the same answers in the same server",
        one / other,
        1 / 20,
        f"{other / one:.0f} times faster ({one:.2f} s against {other:.2f} s; at least 20; with all our columns "
        f"{other / every:.0f} times, {every:.2f} s)",
    )
