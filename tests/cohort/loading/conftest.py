"""Workbooks and CSV files made in memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import xlsxwriter

from companies.models import Programme
from companies.reference_data import store_industry, store_programme

Rows = Sequence[Sequence[Any]]
HEADER = ("统一社会信用代码", "企业名称", "区县", "行业")
CODE = "91350100M000100Y43"
OTHER_CODE = "91440300708461136T"
COMPANY = (CODE, "示例一有限公司", "鱼峰区", "汽车及零部件")
ANSWER_HEADER = ("credit_code", "round", "item", "value", "reason", "comment")


@pytest.fixture
def liuzhou(db: None) -> Programme:
    """The programme with its real lists."""
    store_industry()
    return store_programme("liuzhou-2024")[0]


@pytest.fixture
def workbook() -> Callable[..., bytes]:
    """Makes an XLSX file from rows by sheet name."""

    def make(**sheets: Rows) -> bytes:
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
            for name, rows in sheets.items():
                sheet = book.add_worksheet(name)
                for number, row in enumerate(rows):
                    for position, value in enumerate(row):
                        if value is not None:
                            sheet.write(number, position, value)
        return buffer.getvalue()

    return make


def csv_text(rows: Rows) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()
