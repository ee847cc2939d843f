"""Facilities from a workbook: all of it or nothing, and every wrong cell named."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import User
from benchmarks.loading import FacilityWorkbookError, load_facilities
from benchmarks.loading.columns import COLUMNS, SHEET
from benchmarks.loading.template import write_template
from benchmarks.models import Facility
from companies.models import Programme
from instrument import load_instrument
from tests.benchmarks.conftest import client_of

Row = dict[str, object]


def facility(code: str = "W-1", /, **changes: object) -> Row:
    row: Row = {"code": code, "name": "示例工厂", "tier": 1, "sector": "automotive", "provenance": "audited"}
    for item in load_instrument().items:
        value = item.get_value_for_stage(item.max_stage // 2)
        row[item.code] = ",".join(value) if isinstance(value, tuple) else value
    return row | changes


def workbook(*rows: Row, drop: str = "") -> bytes:
    headers = [column.key for column in COLUMNS] + list(load_instrument().item_order)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet(SHEET)
        for position, header in enumerate(name for name in headers if name != drop):
            sheet.write(0, position, header)
            for number, row in enumerate(rows, start=1):
                sheet.write(number, position, row.get(header, ""))
    return file.getvalue()


def test_facilities_are_added_with_their_vectors(programme: Programme) -> None:
    loaded = load_facilities(
        content=workbook(
            facility(), facility("F-1", tier=2.0, sector="钢铁与金属", provenance="survey", X5="N/A", B1="?")
        ),
        programme=programme,
        by=None,
    )
    assert loaded.per_tier == {1: 1, 2: 1, 3: 0}
    second = Facility.objects.get(code="F-1")
    vector = dict(
        zip(load_instrument().item_order, memoryview(bytes(second.vector)).cast("b").tolist(), strict=True)
    )
    assert (second.provenance, second.sector.code, vector["B1"], vector["X5"]) == ("survey", "steel", -1, -2)


@pytest.mark.parametrize(
    ("changes", "header"),
    [
        ({"tier": 0}, "tier"),
        ({"tier": 4}, "tier"),
        ({"code": "bad code!"}, "code"),
        ({"sector": "mining"}, "sector"),
        ({"provenance": "synthetic"}, "provenance"),
        ({"B1": "Z"}, "B1"),
        ({"B2": "N/A"}, "B2"),
        ({"C01": 9}, "C01"),
        ({"C02": ""}, "C02"),
    ],
)
def test_wrong_cell_is_named_and_nothing_is_stored(
    programme: Programme, changes: dict[str, object], header: str
) -> None:
    with pytest.raises(FacilityWorkbookError) as caught:
        load_facilities(
            content=workbook(facility(), facility("F-2", **changes)), programme=programme, by=None
        )
    (problem,) = caught.value.problems
    assert (problem.row, problem.header) == (3, header)
    assert problem.cell.endswith("3")
    assert not Facility.objects.exists()


def test_facility_never_enters_as_an_sme(programme: Programme) -> None:
    with pytest.raises(FacilityWorkbookError, match=r"never enters as an SME|不得作为中小企业"):
        load_facilities(content=workbook(facility(tier=0)), programme=programme, by=None)


def test_code_that_is_there_already_is_refused(programme: Programme) -> None:
    load_facilities(content=workbook(facility()), programme=programme, by=None)
    with pytest.raises(FacilityWorkbookError):
        load_facilities(content=workbook(facility()), programme=programme, by=None)
    with pytest.raises(FacilityWorkbookError):
        load_facilities(content=workbook(facility("A"), facility("A")), programme=programme, by=None)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no workbook", b"code,name\n"])
def test_what_is_no_workbook_is_refused(programme: Programme, content: bytes) -> None:
    with pytest.raises(FacilityWorkbookError):
        load_facilities(content=content, programme=programme, by=None)


def test_one_cell_far_away_is_refused_before_the_sheet_is_laid_out(programme: Programme) -> None:
    stray = b'</row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(facility()))) as source,
        zipfile.ZipFile(changed, "w") as target,
    ):
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"</row></sheetData>", stray))
    with pytest.raises(FacilityWorkbookError, match=r"far larger|远大于|远远超过"):
        load_facilities(content=changed.getvalue(), programme=programme, by=None)


def test_missing_column_is_named(programme: Programme) -> None:
    with pytest.raises(FacilityWorkbookError, match="C03"):
        load_facilities(content=workbook(facility(), drop="C03"), programme=programme, by=None)


def test_template_has_every_column_and_no_facility(programme: Programme) -> None:
    file = io.BytesIO()
    write_template(file)
    with pytest.raises(FacilityWorkbookError) as caught:
        load_facilities(content=file.getvalue(), programme=programme, by=None)
    (problem,) = caught.value.problems
    assert not problem.row


def test_command_tries_and_loads(programme: Programme, tmp_path: Path) -> None:
    path = tmp_path / "facilities.xlsx"
    path.write_bytes(workbook(facility()))
    call_command("load_facilities", str(path), dry_run=True)
    assert not Facility.objects.exists()
    call_command("load_facilities", str(path))
    assert Facility.objects.count() == 1
    with pytest.raises(CommandError, match="A2"):
        call_command("load_facilities", str(path))


def test_steward_loads_on_the_page(programme: Programme, steward: User) -> None:
    client = client_of(steward)
    upload = SimpleUploadedFile("f.xlsx", workbook(facility(tier=0)))
    assert client.post(reverse("benchmarks:load"), {"file": upload}).status_code == 422
    upload = SimpleUploadedFile("f.xlsx", workbook(facility()))
    assert client.post(reverse("benchmarks:load"), {"file": upload}).status_code == 302
    assert Facility.objects.get().programme == programme
