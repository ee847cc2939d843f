"""Workbooks that would end the process, or cannot be read, are told apart before they are laid out."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter

from documents.workbook_reader import HugeSheet, HugeWorkbook, Limits, UnreadableWorkbook, Workbook

LIMITS = Limits(unpacked=1 << 20, rows=100, columns=50)
SHEET = "xl/worksheets/sheet1.xml"


def workbook() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.add_worksheet("A").write_row(0, 0, ["x", "", 2])
    return file.getvalue()


def changed(content: bytes, part: str, old: bytes, new: bytes, becomes: str = "") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            data = source.read(name)
            copy.writestr(
                becomes or name if name == part else name,
                data.replace(old, new) if name == part and old else data,
            )
    return target.getvalue()


def test_rows_come_with_their_numbers() -> None:
    book = Workbook(workbook(), LIMITS)
    assert book.sheets == ["A"]
    assert list(book.iter_sheet_rows("A")) == [(1, ["x", "", 2.0])]


@pytest.mark.parametrize("position", ["XFD1048576", "A101", "AY1"])
@pytest.mark.parametrize("part", [SHEET, "xl/worksheets/sheet1.dat"])
def test_one_cell_far_away_is_found_before_the_sheet_is_laid_out(position: str, part: str) -> None:
    row = position.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    stray = f'</row><row r="{row}"><c r="{position}"><v>1</v></c></row></sheetData>'.encode()
    content = changed(workbook(), SHEET, b"</row></sheetData>", stray, becomes=part)
    with pytest.raises(HugeSheet):
        Workbook(content, LIMITS)


def test_workbook_that_unpacks_too_far_is_not_opened() -> None:
    with pytest.raises(HugeWorkbook):
        Workbook(workbook(), Limits(unpacked=100, rows=100, columns=50))


@pytest.mark.parametrize("becomes", ["xl/workbook.bin", "content.xml"])
def test_other_kinds_of_workbook_are_refused(becomes: str) -> None:
    with pytest.raises(UnreadableWorkbook):
        Workbook(changed(workbook(), "xl/workbook.xml", b"", b"", becomes=becomes), LIMITS)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no workbook", b"code,name\n"])
def test_what_is_no_archive_is_unreadable(content: bytes) -> None:
    with pytest.raises(UnreadableWorkbook):
        Workbook(content, LIMITS)


def test_damaged_stream_is_unreadable() -> None:
    content = bytearray(workbook())
    start = content.index(SHEET.encode()) + len(SHEET) + 4
    content[start : start + 20] = bytes(20)
    with pytest.raises(UnreadableWorkbook):
        list(Workbook(bytes(content), LIMITS).iter_sheet_rows("A"))
