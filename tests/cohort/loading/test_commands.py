"""The commands around loading."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from assessments.models import Assessment, Round
from cohort.loading.problems import FileRefused
from cohort.loading.reading import read_tables
from companies.models import Company, Programme
from tests.cohort.loading.conftest import CODE, COMPANY, HEADER

Make = Callable[..., bytes]


def test_template_is_recognised_and_refused_only_for_being_empty(liuzhou: Programme, tmp_path: Path) -> None:
    for language in ("en", "zh-hans"):
        path = tmp_path / f"{language}.xlsx"
        call_command("cohort_template", path, language=language, stdout=io.StringIO())

        tables = read_tables(path.read_bytes(), path.name)
        assert len(tables) == 3
        assert len(tables["answers"].header) == 6
        with pytest.raises(CommandError, match="no rows below its header"):
            call_command("load_cohort", path, language="en")


def test_template_elsewhere_than_xlsx_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="should end in"):
        call_command("cohort_template", tmp_path / "cohort.csv")


def test_load_cohort_reports_what_it_did(liuzhou: Programme, tmp_path: Path, workbook: Make) -> None:
    path = tmp_path / "cohort.xlsx"
    path.write_bytes(workbook(companies=[HEADER, COMPANY]))
    out = io.StringIO()

    call_command("load_cohort", path, language="en", stdout=out)

    assert "Companies: 1 new, 0 changed, 0 unchanged." in out.getvalue()
    assert Company.objects.get().credit_code == CODE


def test_load_cohort_prints_every_problem(liuzhou: Programme, tmp_path: Path, workbook: Make) -> None:
    path = tmp_path / "cohort.xlsx"
    path.write_bytes(workbook(companies=[HEADER, (*COMPANY[:2], "桂林", "造船")]))

    with pytest.raises(CommandError) as caught:
        call_command("load_cohort", path, language="en")

    lines = str(caught.value).splitlines()
    assert lines[0].startswith("sheet companies, row 2, column 区县:")
    assert lines[-1] == "Nothing was stored. Correct the file and load it again."


def test_missing_file_and_unknown_programme_say_so(liuzhou: Programme, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_cohort", tmp_path / "nowhere.xlsx")
    (tmp_path / "a.csv").write_text("a", encoding="utf-8")
    with pytest.raises(CommandError, match="liuzhou-2024"):
        call_command("load_cohort", tmp_path / "a.csv", programme="atlantis")


def test_workbook_that_unpacks_to_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch, workbook: Make) -> None:
    monkeypatch.setattr("cohort.loading.reading.MAX_UNPACKED_BYTES", 100)

    with pytest.raises(FileRefused):
        read_tables(workbook(companies=[HEADER, COMPANY]), "x.xlsx")


@pytest.mark.parametrize("position", ["XFD1048576", "A400001", "ZZ9"])
def test_workbook_with_one_cell_far_away_is_refused_before_it_is_laid_out(
    workbook: Make, position: str
) -> None:
    row = position.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    stray = f'</row><row r="{row}"><c r="{position}"><v>1</v></c></row></sheetData>'.encode()
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(companies=[HEADER, COMPANY]))) as source,
        zipfile.ZipFile(buffer, "w") as target,
    ):
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"</row></sheetData>", stray))

    with pytest.raises(FileRefused) as caught, translation.override("en"):
        read_tables(buffer.getvalue(), "x.xlsx")

    assert "Delete what lies beside the table" in str(caught.value.problems[0])


def test_open_round_gives_each_company_a_questionnaire_once(
    liuzhou: Programme, tmp_path: Path, workbook: Make
) -> None:
    path = tmp_path / "cohort.xlsx"
    path.write_bytes(workbook(companies=[HEADER, COMPANY]))
    call_command("load_cohort", path, stdout=io.StringIO())
    deadline = (timezone.localdate() + timedelta(days=30)).isoformat()

    for _time in range(2):
        call_command("open_round", "T0", deadline=deadline, stdout=io.StringIO())

    assert Round.objects.count() == Assessment.objects.count() == 1


@pytest.mark.parametrize("deadline", ["2020-01-01", "tomorrow", "2026-02-30"])
def test_open_round_with_impossible_deadline_is_refused(liuzhou: Programme, deadline: str) -> None:
    with pytest.raises(CommandError):
        call_command("open_round", "T0", deadline=deadline)
