"""Columns of companies are described once: page, order and export take them from there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.http import QueryDict

import cohort
from cohort.queries.company_columns import COLUMNS, EXPORT, PAGE, ColumnAudience, list_columns
from cohort.queries.table import Order
from cohort.views.table_columns import format_parameter, read_chosen


def test_every_column_is_used_and_every_kind_of_cell_is_known() -> None:
    assert {"name", *PAGE, *EXPORT} == set(COLUMNS)
    assert all(set(column.needs) <= set(COLUMNS) for column in COLUMNS.values())
    template = Path(cohort.__file__).parent / "templates" / "cohort" / "companies_rows.html"
    rows = template.read_text(encoding="utf-8")
    assert {COLUMNS[name].cell for name in PAGE} <= set(re.findall(r'kind == "(\w+)"', rows))


def test_results_and_flags_are_only_for_those_who_see_them() -> None:
    everyone = {column.name for column in list_columns(COLUMNS, sees_results=False)}
    assert everyone.isdisjoint({"level", "verified", "readiness", "low", "high", "change", "tier", "hints"})
    assert {column.name for column in list_columns(PAGE, sees_results=True)} == set(PAGE) - {"hints"}
    assert all(COLUMNS[need].audience is not ColumnAudience.FLAGS for need in ("level", "low", "high"))


@pytest.mark.parametrize(
    ("text", "sees_results", "order"),
    [
        ("-level", True, "-level"),
        ("-level", False, "name"),
        ("submitted", False, "submitted"),
        ("batch", True, "-readiness"),
        ("-", True, "-readiness"),
        ("nonsense", False, "name"),
    ],
)
def test_the_list_is_ordered_by_columns_that_say_by_what(text: str, sees_results: bool, order: str) -> None:
    assert str(Order.read(text, sees_results=sees_results)) == order


def test_the_choice_of_columns_is_read_and_written_in_one_order() -> None:
    possible = list_columns(PAGE, sees_results=True)
    chosen = read_chosen(QueryDict("columns=batch.stage.nonsense"), possible)
    assert format_parameter(chosen, possible) == "stage.batch"
    assert read_chosen(QueryDict("column=batch&column=stage"), possible) == chosen
    usual = read_chosen(QueryDict(""), possible)
    assert format_parameter(usual, possible) == ""
    assert all(column.is_usual for column in usual)
