"""Cells become values, however they are spelled."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort.loading import cells
from cohort.loading.cells import UnreadableCell
from cohort.loading.columns import COMPANY_COLUMNS, YEAR_COLUMNS, recognise_header
from cohort.loading.reading import Cell


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_amount_survives_the_spreadsheet(value: Decimal) -> None:
    assert cells.parse_amount(float(value)) == cells.parse_amount(str(value)) == value


@given(st.integers(0, 10**9))
def test_whole_number_is_read_as_float_text_and_full_width(value: int) -> None:
    full_width = str(value).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert cells.parse_whole_number(float(value)) == cells.parse_whole_number(full_width) == value
    assert cells.parse_whole_number(f"{value:,}") == value


@pytest.mark.parametrize("cell", ["", "-1", "1.5", "vier", "1e400", "NaN", -3.0, float("nan"), float("inf")])
def test_what_is_no_whole_number_is_refused(cell: Cell) -> None:
    with pytest.raises(UnreadableCell):
        cells.parse_whole_number(cell)


@pytest.mark.parametrize(
    "cell",
    [
        date(2015, 6, 1),
        datetime(2015, 6, 1, 8, 0, tzinfo=UTC),
        "2015-06-01",
        "2015/6/1",
        "2015年6月1日",
        "2015.6.1",
    ],
)
def test_day_is_read_in_every_usual_spelling(cell: Cell) -> None:
    assert cells.parse_day(cell) == date(2015, 6, 1)


@pytest.mark.parametrize(("cell", "value"), [("45%", 45), (45.0, 45), ("４５％", 45), ("0", 0), ("100", 100)])
def test_per_cent_is_read_with_and_without_sign(cell: Cell, value: int) -> None:
    assert cells.parse_per_cent(cell) == value


@pytest.mark.parametrize("cell", [0.45, "101", "-1%", "half"])
def test_other_per_cents_are_refused(cell: Cell) -> None:
    with pytest.raises(UnreadableCell):
        cells.parse_per_cent(cell)


def test_every_header_is_recognised_in_every_spelling() -> None:
    for column in COMPANY_COLUMNS:
        for header in (column.key, column.en, column.zh, column.en.upper(), f" {column.zh} "):
            found = recognise_header(header, COMPANY_COLUMNS)
            assert found is not None
            assert (found.column, found.year) == (column, None)


def test_yearly_headers_are_recognised_with_their_year() -> None:
    for figure in YEAR_COLUMNS:
        for header in (
            figure.format_header("en", 2024),
            figure.format_header("zh-hans", 2024),
            f"{figure.key}_2024",
            f"{figure.zh} 2024",
            f"2024年{figure.zh.split('（')[0]}",
        ):
            found = recognise_header(header, COMPANY_COLUMNS)
            assert found is not None, header
            assert (found.column, found.year) == (figure, 2024)


def test_unknown_header_is_not_recognised() -> None:
    assert recognise_header("颜色", COMPANY_COLUMNS) is None
    assert recognise_header("2024", COMPANY_COLUMNS) is None
