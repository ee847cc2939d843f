"""Workbooks: text stays text, kinds of value have their number formats, long tables go on on a further sheet."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from documents import workbook_writer
from documents.workbook_reader import Limits, Workbook
from documents.workbook_writer import (
    TITLE,
    PageSetup,
    SheetCell,
    SheetColumn,
    Value,
    ValueKind,
    WorkbookSheet,
    build_workbook,
    format_cell_name,
    guard_formula,
    write_workbook,
)

LIMITS = Limits(unpacked=1 << 20, rows=100, columns=50)
SHEET = "xl/worksheets/sheet1.xml"


def read_part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode()


def read_rows(content: bytes, sheet: str = "Sheet1") -> list[tuple[int, list[object]]]:
    return [(number, list(row)) for number, row in Workbook(content, LIMITS).iter_sheet_rows(sheet)]


@pytest.mark.parametrize("text", ["=1+1", "+86 772", "-5", "@SUM(A1)", "{=1}", "https://example.cn", "007"])
def test_text_never_becomes_a_formula_a_link_or_a_number(text: str) -> None:
    made = build_workbook(
        WorkbookSheet([SheetColumn("a"), SheetColumn(kind=ValueKind.TEXT)], [(text, SheetCell(text))])
    )
    assert read_rows(made) == [(1, ["a", ""]), (2, [text, text])]
    assert "<f>" not in read_part(made, SHEET)
    assert "hyperlink" not in read_part(made, SHEET)


def test_values_are_written_by_their_type_in_the_format_of_their_kind() -> None:
    kinds: dict[ValueKind, Value] = {
        ValueKind.TEXT: "007",
        ValueKind.INTEGER: 3,
        ValueKind.POINTS: 4362,
        ValueKind.MONEY: Decimal("38.50"),
        ValueKind.AMOUNT: 0.5,
        ValueKind.DATE: date(2026, 5, 6),
        ValueKind.ANY: True,
    }
    made = build_workbook(WorkbookSheet([SheetColumn("x", kind) for kind in kinds], [tuple(kinds.values())]))
    assert read_rows(made)[1] == (2, ["007", 3.0, 43.62, 38.5, 0.5, date(2026, 5, 6), True])
    styles = read_part(made, "xl/styles.xml")
    assert all(f'formatCode="{code}"' in styles for code in ("0.0", "yyyy-mm-dd"))
    sheet = read_part(made, SHEET)
    assert ">43.62<" in sheet
    assert ">38.5<" in sheet


def test_empty_values_are_not_written_but_a_marked_cell_is() -> None:
    made = build_workbook(
        WorkbookSheet([SheetColumn()] * 3, [(None, "", SheetCell(None, {"bg_color": "#FF0000"}, "Fill in"))])
    )
    assert read_part(made, SHEET).count("<c ") == 1
    assert "Fill in" in read_part(made, "xl/comments1.xml")


def test_lines_above_head_filter_and_notes_stand_around_the_rows() -> None:
    made = build_workbook(
        WorkbookSheet(
            [SheetColumn("Name", width=20), SheetColumn("Level", ValueKind.INTEGER)],
            [("a", 1), ("b", 2)],
            name="A: list / of [all]",
            above=[SheetCell("Title", TITLE), ""],
            below=["A note"],
            frozen_columns=1,
            has_filter=True,
            page=PageSetup(fits_width=False),
        )
    )
    rows = read_rows(made, "A list  of all")
    firsts = {number: row[0] for number, row in rows if row[0]}
    assert firsts == {1: "Title", 3: "Name", 4: "a", 5: "b", 7: "A note"}
    sheet = read_part(made, SHEET)
    assert '<pane xSplit="1" ySplit="3"' in sheet
    assert '<autoFilter ref="A3:B5"/>' in sheet
    assert '<mergeCell ref="A7:B7"/>' in sheet
    assert "$A:$A" in read_part(made, "xl/workbook.xml")


@pytest.mark.parametrize("constant_memory", [False, True])
def test_a_long_table_goes_on_on_the_next_sheet(
    monkeypatch: pytest.MonkeyPatch, *, constant_memory: bool
) -> None:
    monkeypatch.setattr(workbook_writer, "ROWS_PER_SHEET", 2)
    target = io.BytesIO()
    table = WorkbookSheet([SheetColumn("n")], ((number,) for number in range(5)), name="many")
    write_workbook(target, [table], constant_memory=constant_memory)
    book = Workbook(target.getvalue(), LIMITS)
    assert book.sheets == ["many", "many 2", "many 3"]
    found = {sheet: [row[0] for _number, row in book.iter_sheet_rows(sheet)] for sheet in book.sheets}
    assert found == {"many": ["n", 0, 1], "many 2": ["n", 2, 3], "many 3": ["n", 4]}


def test_a_row_longer_than_the_columns_is_an_error() -> None:
    with pytest.raises(IndexError):
        build_workbook(WorkbookSheet([SheetColumn("a")], [("x", "lost")]))


def test_guards_text_for_csv_and_names_cells() -> None:
    assert [guard_formula(value) for value in ("=1", "a=1", -5, None)] == ["'=1", "a=1", -5, None]
    assert (format_cell_name(7, 3), format_cell_name(1, 28)) == ("C7", "AB1")
