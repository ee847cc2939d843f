"""Exports of whole tables: the same rows in every form, narrowed, resumed, and never anybody else's."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from itertools import islice
from typing import Any
from uuid import uuid4

import duckdb
import polars as pl
import pytest
from django.db.models import Sum
from django.utils import timezone
from python_calamine import CalamineWorkbook

from assessments.exports import (
    ColumnKind,
    Export,
    ExportColumn,
    ExportFormat,
    ExportTable,
    reading,
    tables,
    writing,
)
from assessments.models import Assessment, ScoreRun, Submission
from assessments.scoring.compute import score_and_store
from audit.models import Event
from benchmarks.models import Release
from companies.models import Programme
from tests.api.conftest import Caller, caller_for
from tests.services.test_scoring import many_submissions

pytestmark = pytest.mark.django_db
SCORES = "/api/v1/exports/scores"
ANSWERS = "/api/v1/exports/answers"
DANGEROUS = '=cmd|"A1"!A1,机械'


@pytest.fixture
def stored(release: Release) -> list[Submission]:
    """Forty scored submissions, some without a stated tier, one of a company with a dangerous name."""
    made = many_submissions(release, 40)
    company = made[0].assessment.company
    company.name = DANGEROUS
    company.save()
    score_and_store(made, release)
    return made


def body(response: Any) -> bytes:
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content)


def csv_rows(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


def as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def test_every_form_holds_the_same_rows(caller: Caller, stored: list[Submission]) -> None:
    from_json = lines(body(caller.get(f"{SCORES}?format=jsonl")))
    from_csv = csv_rows(body(caller.get(f"{SCORES}?format=csv")))
    book = CalamineWorkbook.from_filelike(io.BytesIO(body(caller.get(f"{SCORES}?format=xlsx"))))
    heading, *cells = book.get_sheet_by_name("scores").to_python()
    from_book = [dict(zip(heading, row, strict=True)) for row in cells]
    frame = pl.read_parquet(body(caller.get(f"{SCORES}?format=parquet")))
    from_parquet = frame.with_columns(
        pl.col("created_at", "submitted_at").dt.strftime("%Y-%m-%dT%H:%M:%S.%6fZ")
    ).to_dicts()
    assert len(from_json) == len(stored) == ScoreRun.objects.count()
    assert from_parquet == from_json
    assert DANGEROUS in [row["company"] for row in from_json]
    for row in from_json:
        guarded = {**row, "company": row["company"].replace(DANGEROUS, f"'{DANGEROUS}")}
        assert {name: "" if value is None else value for name, value in guarded.items()} in from_book
        assert {name: as_text(value) for name, value in guarded.items()} in from_csv
    assert {row["tier"] for row in from_json} >= {None}
    about = {str(name): value for name, value in book.get_sheet_by_name("about").to_python()}
    assert about["filters"] == "none"


def test_figures_are_those_of_the_score(caller: Caller, stored: list[Submission]) -> None:
    rows = {row["id"]: row for row in lines(body(caller.get(f"{SCORES}?format=jsonl")))}
    for run in ScoreRun.objects.select_related("submission__assessment__company", "release"):
        row = rows[str(run.pk)]
        assert row["readiness"] == run.readiness / 100
        assert row["at_least_tier_1"] == (None if run.exceed_1 is None else run.exceed_1 / 10_000)
        assert row["credit_code"] == run.submission.assessment.company.credit_code
        assert row["is_current"] is True
        assert (row["status"], row["synthetic_benchmark"]) == ("provisional", True)


def test_parquet_gives_other_programs_the_sums_of_the_database(
    caller: Caller, stored: list[Submission], tmp_path: Any
) -> None:
    path = tmp_path / "scores.parquet"
    path.write_bytes(body(caller.get(f"{SCORES}?format=parquet")))
    expected = ScoreRun.objects.aggregate(points=Sum("readiness"), levels=Sum("official_level"))
    query = "SELECT sum(readiness), sum(official_level), count(*) FROM read_parquet(?)"
    found = duckdb.execute(query, [str(path)]).fetchone()
    assert found is not None
    assert round(100 * found[0]) == expected["points"]
    assert found[1:] == (expected["levels"], len(stored))
    frame = pl.read_parquet(path)
    assert round(100 * frame["readiness"].sum()) == expected["points"]
    assert frame["official_level"].sum() == expected["levels"]
    assert frame.schema["created_at"] == pl.Datetime("us", "UTC")


def test_export_is_resumed_behind_the_last_row_while_rows_come_in(
    caller: Caller, stored: list[Submission], release: Release
) -> None:
    there = {row["id"] for row in lines(body(caller.get(f"{SCORES}?format=jsonl")))}
    walked: list[str] = []
    for number in range(4):
        cursor = f"&cursor={walked[-1]}" if walked else ""
        received = lines(body(caller.get(f"{SCORES}?format=jsonl{cursor}")))
        # The connection breaks after thirteen rows, and others are stored before the client is back.
        walked += [row["id"] for row in received[: 13 if number < 3 else None]]
        if number < 3:
            late = many_submissions(release, 2, round_=stored[0].assessment.round, first=100 + 10 * number)
            score_and_store(late, release)
    assert len(walked) == len(set(walked)) == len(stored) + 6 == ScoreRun.objects.count()
    assert there == set(walked[: len(stored)])


def test_filters_narrow_and_are_stated(caller: Caller, stored: list[Submission]) -> None:
    code = stored[5].assessment.company.credit_code
    response = caller.get(f"{SCORES}?format=csv&credit_code={code}&current=true")
    assert response["Data-Filters"] == f"credit_code={code}&current=true"
    assert response["Data-Time"].endswith("Z")
    assert [row["credit_code"] for row in csv_rows(body(response))] == [code]


@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx", "parquet"])
def test_only_the_columns_asked_for_come_in_the_order_asked_for(
    caller: Caller, stored: list[Submission], form: str
) -> None:
    wanted = ["readiness", "credit_code", "is_current"]
    response = caller.get(f"{SCORES}?format={form}&fields={','.join(wanted)}")
    content = body(response)
    assert response["Data-Filters"] == ""
    match form:
        case "csv":
            found = list(csv_rows(content)[0])
        case "jsonl":
            found = list(lines(content)[0])
        case "xlsx":
            sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("scores")
            found = [str(cell) for cell in sheet.to_python()[0]]
        case _:
            found = pl.read_parquet(io.BytesIO(content)).columns
    assert found == wanted


def test_format_decides_whatever_is_accepted(caller: Caller, stored: list[Submission]) -> None:
    for form, accepted in (("csv", "text/csv"), ("jsonl", "application/jsonl"), ("csv", "application/json")):
        response = caller.get(f"{SCORES}?format={form}", Accept=accepted)
        assert len(body(response).splitlines()) >= len(stored)
    wrong = caller.get(f"{SCORES}?format=pdf", Accept="text/csv")
    assert (wrong.status_code, wrong["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("table", [tables.SCORES, tables.ANSWERS], ids=lambda table: table.name)
def test_every_column_is_described(caller: Caller, table: ExportTable) -> None:
    described = caller.get("/api/schema/", Accept="application/json").json()["paths"]
    text = described[f"/api/v1/exports/{table.name}/"]["get"]["description"]
    for column in table.columns:
        assert column.meaning.endswith(".")
        assert f"* `{column.name}` - {column.meaning}\n" in text


@pytest.mark.parametrize(
    "query",
    ["fields=", "fields=password", "format=pdf", "limit=5", "cursor=x", "nonsense=1", "cursor=" + "0" * 32],
)
def test_what_an_export_does_not_know_is_refused(
    caller: Caller, stored: list[Submission], query: str
) -> None:
    response = caller.get(f"{SCORES}?{query}")
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("path", [SCORES, ANSWERS])
def test_nobody_gets_what_they_may_not_read(
    caller: Caller, scored: Assessment, other_programme: Programme, path: str
) -> None:
    assert lines(body(caller.get(f"{path}?format=jsonl")))
    assert lines(body(caller_for(other_programme).get(f"{path}?format=jsonl"))) == []
    assert caller_for(scored.round.programme, "jobs:read").get(path).status_code == 403
    assert caller.client.get(path).status_code == 401


EVENTS = ExportTable(
    "events",
    (
        ExportColumn("id", "id", ColumnKind.ID),
        ExportColumn("at", "at", ColumnKind.TIME),
        ExportColumn("type", "type", ColumnKind.TEXT),
        ExportColumn("resource", "resource", ColumnKind.WORDS),
        ExportColumn("subject", "subject_id", ColumnKind.ID),
    ),
    at="at",
)


@pytest.mark.parametrize("form", list(ExportFormat))
def test_memory_is_the_same_for_few_rows_and_many(
    monkeypatch: pytest.MonkeyPatch, form: ExportFormat
) -> None:
    for module, name in ((reading, "BLOCK_BYTES"), (writing, "BLOCK_BYTES"), (writing, "GROUP_BYTES")):
        monkeypatch.setattr(module, name, 32 * 1024)
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", 200)

    def most(count: int) -> tuple[int, int]:
        """The most memory that was held, and the length of the file."""
        Event.objects.bulk_create(
            Event(type="score.stored", resource="scores", subject_id=uuid4()) for _ in range(count)
        )
        export = Export(EVENTS, Event.objects.order_by("at", "pk"), {}, timezone.now())
        tracemalloc.start()
        length = sum(map(len, export.iter_blocks(form)))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak, length

    most(100)  # what is loaded once
    few, short = most(900)
    many, long = most(4_000)
    assert long > 4 * short
    # Whoever kept the file in memory would hold as much more as it is longer.
    assert many - few < (long - short) / 4


def test_client_that_leaves_in_mid_stream_ends_the_statement(
    caller: Caller, stored: list[Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BLOCK_BYTES", 200)
    sent = Export(
        tables.SCORES, tables.list_exported_scores(caller.key.user), {}, timezone.now()
    ).iter_blocks(ExportFormat.CSV)
    received = b"".join(islice(sent, 5))
    assert 2 < received.count(b"\n") < len(stored)
    sent.close()  # what the server does when the client has gone
    # A statement that went on would keep the connection busy.
    assert ScoreRun.objects.count() == len(stored)
    assert len(csv_rows(body(caller.get(f"{SCORES}?format=csv")))) == len(stored)


def test_answers_are_exported_one_row_each(caller: Caller, scored: Assessment) -> None:
    rows = lines(body(caller.get(f"{ANSWERS}?format=jsonl")))
    assert len(rows) == scored.answers.count() == 60
    assert {row["credit_code"] for row in rows} == {scored.company.credit_code}
    later = lines(body(caller.get(f"{ANSWERS}?format=jsonl&cursor={rows[9]['id']}")))
    assert later == rows[10:]
