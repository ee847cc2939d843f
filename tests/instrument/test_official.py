"""The official level rule."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instrument import AnswerState, ItemAnswer, Value, official
from tests.instrument.strategies import INSTRUMENT, SETS, answer_sets
from tests.instrument.worked_examples import EXAMPLES, LARGEST, Choices, WorkedExample, scenario_levels

OFFICIAL = [item for item in INSTRUMENT.items if item.part in {"official", "scenario"}]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_grade_of_a_worked_example(example: WorkedExample) -> None:
    result = official.grade(INSTRUMENT, example.item_answers())
    assert float(result.base) == example.base
    assert tuple(float(points) for points in result.by_dimension.values()) == example.by_dimension
    assert result.level == example.level


def test_grade_shows_every_gate() -> None:
    result = official.grade(INSTRUMENT, EXAMPLES[2].item_answers())
    assert [gate.passed for gate in result.gates] == [True, True, False, False]
    assert result.gates[1] == official.Gate(
        level=2,
        base_needed=Fraction(40),
        base_passed=True,
        scenarios_needed=6,
        scenarios=7,
        binding_needed=3,
        binding=5,
        passed=True,
    )
    assert result.at_level == {1: 16, 2: 7, 3: 0, 4: 0}
    assert result.binding_at_level == {1: 10, 2: 5, 3: 0, 4: 0}


@pytest.mark.parametrize("state", [AnswerState.DONT_KNOW, AnswerState.LATER])
def test_item_without_an_answer_counts_as_lowest(state: AnswerState) -> None:
    answers = {item.code: ItemAnswer(state) for item in INSTRUMENT.items}
    assert official.grade(INSTRUMENT, answers) == official.grade(INSTRUMENT, {})


def test_sector_and_ai_items_do_not_enter_the_level() -> None:
    answers = EXAMPLES[2].item_answers()
    others = {
        item.code: ItemAnswer(AnswerState.ANSWERED, 4) for item in INSTRUMENT.items if item not in OFFICIAL
    }
    assert official.grade(INSTRUMENT, answers | others) == official.grade(INSTRUMENT, answers)


@pytest.mark.parametrize(("level", "scenarios", "binding"), [(1, 6, 3), (2, 6, 3), (3, 8, 5), (4, 10, 6)])
def test_scenario_gate_holds_exactly_at_its_counts(level: int, scenarios: int, binding: int) -> None:
    bound = [item.code for item in INSTRUMENT.scenarios if item.binding]
    guiding = [item.code for item in INSTRUMENT.scenarios if not item.binding]

    def reached(total: int, of_them_binding: int) -> int:
        free = total - of_them_binding
        high = (
            bound[:of_them_binding] + guiding[:free] + bound[of_them_binding:][: max(0, free - len(guiding))]
        )
        levels = {item.code: level if item.code in high else level - 1 for item in INSTRUMENT.scenarios}
        example = WorkedExample("", LARGEST, levels, 100, (50, 30, 20), level)
        return official.grade(INSTRUMENT, example.item_answers()).level

    assert reached(scenarios, max(binding, scenarios - len(guiding))) == level
    assert reached(scenarios - 1, max(binding, scenarios - 1 - len(guiding))) == level - 1
    if scenarios - len(guiding) <= binding - 1:
        assert reached(scenarios, binding - 1) == level - 1


def test_next_level_at_the_top_is_none() -> None:
    assert official.grade(INSTRUMENT, EXAMPLES[1].item_answers()).next is None


def test_next_level_of_the_typical_company() -> None:
    following = official.grade(INSTRUMENT, EXAMPLES[2].item_answers()).next
    assert following is not None
    assert following.level == 3
    assert following.base_short == Fraction("8.8")
    assert (following.scenarios_short, following.binding_short) == (8, 5)
    assert [step.stage for step in following.scenarios] == [2] * 7 + [1]
    assert sum(step.binding for step in following.scenarios) >= 5
    assert following.base_items[0] == official.BaseStep("G2", Fraction("1.875"))
    assert [step.code for step in following.base_items][-2:] == ["B3", "R3"]


def test_next_level_with_only_the_binding_quota_short_names_binding_scenarios() -> None:
    result = official.grade(INSTRUMENT, EXAMPLES[3].item_answers())
    assert result.next is not None
    assert (result.next.scenarios_short, result.next.binding_short) == (0, 1)
    assert [(step.stage, step.binding) for step in result.next.scenarios] == [(1, True)]
    assert result.next.base_short == 0
    assert result.next.base_items == ()


@SETS
@given(answers=answer_sets(parts=("official", "scenario")))
def test_closing_what_is_missing_reaches_the_next_level_and_nothing_is_spare(
    answers: dict[str, ItemAnswer],
) -> None:
    result = official.grade(INSTRUMENT, answers)
    if result.next is None:
        assert result.level == 4
        return
    target = result.next.level
    assert target == result.level + 1
    lifted = answers | {step.code: ItemAnswer(AnswerState.ANSWERED, target) for step in result.next.scenarios}
    gate = official.grade(INSTRUMENT, lifted).gates[target - 1]
    assert gate.scenarios >= gate.scenarios_needed
    assert gate.binding >= gate.binding_needed
    assert gate.passed == (result.next.base_short == 0)
    needed = max(result.next.scenarios_short, result.next.binding_short)
    assert len(result.next.scenarios) == needed
    assert (result.next.base_items == ()) == (result.next.base_short == 0)


def raised(data: st.DataObject, value: Value, code: str) -> Value:
    """A value of the item with the same stage or a higher one."""
    item = INSTRUMENT.get_item(code)
    higher = [stage for stage in item.reachable_stages if stage >= item.get_stage(value)]
    return item.get_value_for_stage(data.draw(st.sampled_from(higher)))


@SETS
@given(data=st.data(), answers=answer_sets(parts=("official", "scenario")))
def test_raising_any_answers_never_lowers_the_level(
    data: st.DataObject, answers: dict[str, ItemAnswer]
) -> None:
    before = official.grade(INSTRUMENT, answers)
    better = {}
    for item in OFFICIAL:
        answer = answers.get(item.code)
        value = answer.value if answer and answer.value is not None else item.get_value_for_stage(0)
        better[item.code] = ItemAnswer(AnswerState.ANSWERED, raised(data, value, item.code))
    after = official.grade(INSTRUMENT, better)
    assert after.level >= before.level
    assert after.base >= before.base
    assert all(after.by_dimension[code] >= points for code, points in before.by_dimension.items())
    assert all(after.at_level[level] >= count for level, count in before.at_level.items())


@SETS
@given(answers=answer_sets(parts=("official", "scenario")))
def test_level_is_the_highest_whose_gates_are_passed(answers: dict[str, ItemAnswer]) -> None:
    result = official.grade(INSTRUMENT, answers)
    assert [gate.passed for gate in result.gates] == [gate.level <= result.level for gate in result.gates]
    assert sum(result.by_dimension.values()) == result.base


def test_base_of_exactly_a_threshold_passes() -> None:
    exactly_forty: Choices = {
        "B1": list("BCDE"),
        "B2": "E",
        "B3": "E",
        "B5": "E",
        "B4": list("BCDEFGHIJKLMNO"),
    }
    example = WorkedExample("", exactly_forty, scenario_levels("", 0, 4), 40, (40, 0, 0), 2)
    assert official.grade(INSTRUMENT, example.item_answers()).level == 2
