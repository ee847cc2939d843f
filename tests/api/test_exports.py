"""Exports of whole tables: the same rows in every form, narrowed, resumed, and never anybody else's."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import duckdb
import polars as pl
import pytest
from django.db.models import Sum
from python_calamine import CalamineWorkbook

from assessments.models import Assessment, ScoreRun, Submission
from assessments.scoring import score
from benchmarks.models import Release
from companies.models import Programme
from tests import factories
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
    score(made, release)
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
        company = factories.make_company(release.programme)
        assessment = factories.make_assessment(company, stored[0].assessment.round)
        factories.store_answers(assessment, by=factories.make_member(company, f"Late {number}"))
    assert len(walked) == len(set(walked))
    assert there <= set(walked)


def test_filters_narrow_and_are_stated(caller: Caller, stored: list[Submission]) -> None:
    code = stored[5].assessment.company.credit_code
    response = caller.get(f"{SCORES}?format=csv&credit_code={code}&current=true")
    assert response["Data-Filters"] == f"credit_code={code}&current=true"
    assert response["Data-Time"].endswith("Z")
    assert [row["credit_code"] for row in csv_rows(body(response))] == [code]


@pytest.mark.parametrize("query", ["format=pdf", "limit=5", "cursor=x", "nonsense=1", "cursor=" + "0" * 32])
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


def test_answers_are_exported_one_row_each(caller: Caller, scored: Assessment) -> None:
    rows = lines(body(caller.get(f"{ANSWERS}?format=jsonl")))
    assert len(rows) == scored.answers.count() == 60
    assert {row["credit_code"] for row in rows} == {scored.company.credit_code}
    later = lines(body(caller.get(f"{ANSWERS}?format=jsonl&cursor={rows[9]['id']}")))
    assert later == rows[10:]
