from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.ml.catalogue import CURRENT, Catalogue
from benchmarks.ml.catalogue_reader import CatalogueError
from instrument import load_instrument

INSTRUMENT = load_instrument()
CATALOGUE = Catalogue.current()


@pytest.fixture
def content() -> dict[str, Any]:
    found = json.loads(CURRENT.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_current_covers_every_item_and_reachable_stage_of_the_instrument() -> None:
    for size in CATALOGUE.sizes:
        for item in INSTRUMENT.items:
            stages = [stage for stage, _ in CATALOGUE.list_moves(item.code, 0, size)]
            assert stages == list(item.reachable_stages[1:]), item.code


def test_current_rows_are_dated_platform_estimates() -> None:
    assert {row.source for row in CATALOGUE.rows} == {"platform estimate"}
    assert all(row.date == "2026-11-20" for row in CATALOGUE.rows)
    assert set(CATALOGUE.notice) == {"en", "zh-hans"}


def test_current_costs_rise_with_the_size_of_the_company() -> None:
    for item in INSTRUMENT.items:
        costs = [
            CATALOGUE.compute_step_cost(item.code, 0, item.max_stage, size)
            for size in ("micro", "small", "medium")
        ]
        assert costs == sorted(costs, key=lambda cost: cost.cost), item.code
        assert all(cost.low <= cost.cost <= cost.high for cost in costs), item.code


def test_current_prerequisites_name_stages_that_exist() -> None:
    for rule in CATALOGUE.prerequisites:
        assert 1 <= rule.stage <= INSTRUMENT.get_item(rule.item).max_stage
        assert 1 <= rule.needs_stage <= INSTRUMENT.get_item(rule.needs).max_stage


def test_step_of_several_rungs_adds_them_up() -> None:
    whole = CATALOGUE.compute_step_cost("C05", 0, 3, "small")
    parts = [CATALOGUE.compute_step_cost("C05", stage, stage + 1, "small") for stage in range(3)]

    assert (whole.low, whole.high, whole.cost, whole.months) == tuple(
        sum(getattr(part, name) for part in parts) for name in ("low", "high", "cost", "months")
    )


def test_step_of_business_links_counts_the_links() -> None:
    link = CATALOGUE.compute_step_cost("B4", 0, 7, "small")

    assert CATALOGUE.compute_step_cost("B4", 14, 35, "small").cost == 3 * link.cost
    assert CATALOGUE.compute_step_cost("B4", 14, 14 + 9, "small").cost < link.cost


def test_step_that_would_take_a_link_away_is_refused() -> None:
    # 9 is the link worth nine; 14 would be two others instead of it.
    with pytest.raises(ValueError, match="no way from stage 9 to stage 14"):
        CATALOGUE.compute_step_cost("B4", 9, 14, "small")


def test_moves_from_a_missing_answer_are_those_from_stage_0() -> None:
    assert CATALOGUE.list_moves("B1", -1, "micro") == CATALOGUE.list_moves("B1", 0, "micro")


def test_moves_for_an_unknown_size_are_refused() -> None:
    with pytest.raises(KeyError, match="huge"):
        CATALOGUE.list_moves("B1", 0, "huge")


@given(st.integers(0, 99), st.data())
def test_steps_over_a_stop_cost_no_less_than_directly(start: int, data: st.DataObject) -> None:
    moves = CATALOGUE.list_moves("B4", start, "small")
    if not moves:
        return
    stop, first = data.draw(st.sampled_from(moves))
    for end, second in CATALOGUE.list_moves("B4", stop, "small"):
        assert CATALOGUE.compute_step_cost("B4", start, end, "small").cost <= first.cost + second.cost


def change(content: dict[str, Any], row: int, **fields: object) -> str:
    content["steps"][row].update(fields)
    return json.dumps(content)


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"source": ""}, "source", "must be text"),
        ({"date": "20 November"}, "date", "is not a date"),
        ({"to": 0}, "to", "must be a higher stage"),
        ({"from": "0"}, "from", "whole number"),
        ({"colour": "red"}, "colour", "is unknown"),
        ({"small": {"low": 9, "high": 5, "months": 1}}, "small.high", "not be below low"),
        ({"small": {"low": 1.5, "high": 5, "months": 1}}, "small.low", "whole number"),
        ({"small": {"low": True, "high": 5, "months": 1}}, "small.low", "whole number"),
        ({"small": {"low": 1, "high": 5}}, "small.months", "is missing"),
        ({"micro": 7}, "micro", "must be a JSON object"),
    ],
)
def test_from_json_names_row_and_field_at_fault(
    content: dict[str, Any], fields: dict[str, object], field: str, message: str
) -> None:
    with pytest.raises(CatalogueError, match=message) as caught:
        Catalogue.from_json(change(content, 0, **fields))

    assert caught.value.row.startswith("step row 1")
    assert caught.value.field == field


def test_from_json_without_a_rung_names_the_item(content: dict[str, Any]) -> None:
    del content["steps"][1]

    with pytest.raises(CatalogueError, match="follow each other") as caught:
        Catalogue.from_json(json.dumps(content))

    assert caught.value.row == "item B1"


def test_from_json_with_a_row_twice_is_refused(content: dict[str, Any]) -> None:
    content["steps"].append(content["steps"][0])

    with pytest.raises(CatalogueError, match="each once"):
        Catalogue.from_json(json.dumps(content))


@pytest.mark.parametrize(
    ("fields", "field"), [({"needs": "b99"}, "needs"), ({"needs": "b42"}, "needs"), ({"stage": -1}, "stage")]
)
def test_from_json_with_an_impossible_prerequisite_names_it(
    content: dict[str, Any], fields: dict[str, object], field: str
) -> None:
    content["prerequisites"][0].update(fields)

    with pytest.raises(CatalogueError) as caught:
        Catalogue.from_json(json.dumps(content))

    assert (caught.value.row, caught.value.field) == ("prerequisite row 1", field)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "catalogue/2"}'])
def test_from_json_of_something_else_is_refused(text: str) -> None:
    with pytest.raises(CatalogueError):
        Catalogue.from_json(text)
