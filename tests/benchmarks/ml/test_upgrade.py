from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from benchmarks.ml.catalogue import Catalogue
from benchmarks.ml.encode import NOT_APPLICABLE
from benchmarks.ml.official_rule import OfficialGate, OfficialRule
from benchmarks.ml.plan import Target
from benchmarks.ml.upgrade import UpgradePlanner, load_current_rule
from instrument import AnswerState, ItemAnswer, load_instrument, official
from tests.benchmarks.ml.upgrade_examples import (
    Question,
    catalogue,
    company,
    instrument_scorecard,
    naive_cost,
    scorecard,
)

INSTRUMENT = load_instrument()
ITEMS = ["B1", "B5", "C01", "C02", "X2"]
LEVELS = [2, 2, 2, 2, 2]
RULE = OfficialRule(
    points={"B1": (0, 10_000, 20_000), "B5": (0, 15_000, 30_000)},
    scenarios=frozenset({"C01", "C02"}),
    binding=frozenset({"C01"}),
    gates=(OfficialGate(1, 20_000, 1, 0), OfficialGate(2, 40_000, 1, 1)),
)
PREREQUISITES = [("X2", 1, "B5", 1), ("C01", 2, "X2", 2)]
COSTS = {"B1": [10, 20], "B5": [15, 45], "C01": [5, 30], "C02": [5, 10], "X2": [20, 40]}


def small_planner(
    points: list[int], costs: dict[str, list[int]], rules: list[tuple[str, int, str, int]] | None = None
) -> UpgradePlanner:
    card = scorecard(ITEMS, LEVELS, points, [0, 0, 1, 1, 1], thresholds=(2.0, 4.0, 6.0))
    return UpgradePlanner(card, catalogue(costs, PREREQUISITES if rules is None else rules), rule=RULE)


def allowed(x: list[int], after: tuple[int, ...], rules: list[tuple[str, int, str, int]]) -> bool:
    for item, stage, needs, needs_stage in rules:
        i, n = ITEMS.index(item), ITEMS.index(needs)
        met = after[n] >= needs_stage or x[n] == NOT_APPLICABLE
        if after[i] > x[i] and after[i] >= stage and not met:
            return False
    return True


def best_by_trying_all(
    planner: UpgradePlanner,
    x: list[int],
    costs: dict[str, list[int]],
    rules: list[tuple[str, int, str, int]],
    goal: str,
    number: int,
) -> int | None:
    choices = [[s] if s == NOT_APPLICABLE else [s, *range(max(s, 0) + 1, 3)] for s in x]
    candidates = [after for after in product(*choices) if allowed(x, after, rules)]
    if goal == "tier":
        exceed = planner.scorecard.score(np.array(candidates), "guarded").exceed
        reached = (exceed[:, number - 1] >= 0.5).tolist()
    else:
        reached = [RULE.compute_level(dict(zip(ITEMS, after, strict=True))) >= number for after in candidates]
    spent = [
        sum(sum(costs[code][max(x[j], 0) : max(after[j], 0)]) for j, code in enumerate(ITEMS))
        for after in candidates
    ]
    return min((cost for cost, enough in zip(spent, reached, strict=True) if enough), default=None)


stages = st.lists(st.sampled_from([-2, -1, 0, 0, 1, 1, 2]), min_size=5, max_size=5)
prices = st.lists(st.integers(0, 60), min_size=10, max_size=10)


@settings(max_examples=60, deadline=None)
@given(
    x=stages,
    price=prices,
    points=st.lists(st.integers(0, 9), min_size=5, max_size=5).filter(lambda p: any(p[:2]) and any(p[2:])),
    rules=st.sampled_from([[], PREREQUISITES, [("B1", 1, "C02", 2), ("C02", 1, "B1", 1)]]),
    goal=st.sampled_from(["tier", "level"]),
    number=st.integers(1, 2),
)
def test_plan_costs_what_trying_everything_finds(
    x: list[int],
    price: list[int],
    points: list[int],
    rules: list[tuple[str, int, str, int]],
    goal: str,
    number: int,
) -> None:
    costs = {code: price[2 * j : 2 * j + 2] for j, code in enumerate(ITEMS)}
    planner = small_planner(points, costs, rules)

    plan = planner.plan(x, (goal, number))

    expected = best_by_trying_all(planner, x, costs, rules, goal, number)
    assert plan.feasible == (expected is not None)
    if plan.feasible:
        assert (plan.cost, plan.bound, plan.gap) == (expected, expected, 0)
    assert allowed(x, tuple(plan.stages.tolist()), rules)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("kind", ["tier", "tier with prerequisites", "level"])
def test_plan_over_sixty_items_costs_what_an_independent_program_finds(seed: int, kind: str) -> None:
    random = np.random.default_rng([seed, 7])
    costs = Catalogue.current()
    card, x = instrument_scorecard(random), company(random, not_applicable=0.1, missing=0.05)
    rules = () if kind == "tier" else costs.prerequisites
    planner = UpgradePlanner(card, costs, size="medium", prerequisites=rules)
    if kind == "level":
        plan = planner.plan(x, Target.level(1 + seed % 4))
        question = Question(
            card, costs, x, "medium", level=1 + seed % 4, rule=planner.rule, prerequisites=rules
        )
    else:
        plan = planner.plan(x, Target.tier(1 + seed % 3), 0.6)
        question = Question(card, costs, x, "medium", 1 + seed % 3, 0.6, prerequisites=rules)

    assert (plan.cost if plan.feasible else None) == naive_cost(question)
    assert plan.gap == 0


@pytest.fixture(scope="module")
def case() -> tuple[UpgradePlanner, NDArray[np.int8]]:
    random = np.random.default_rng(3)
    return UpgradePlanner(instrument_scorecard(random)), company(random, missing=0.05)


def test_plan_to_a_tier_reaches_it_and_a_yuan_less_does_not(
    case: tuple[UpgradePlanner, NDArray[np.int8]],
) -> None:
    planner, x = case
    plan = planner.plan(x, Target.tier(2), 0.7)

    assert planner.scorecard.score(plan.stages, "guarded").exceed[0, 1] >= 0.7
    assert not planner.plan(x, Target.tier(2), 0.7, budget=plan.cost - 1).feasible
    assert planner.plan(x, Target.tier(2), 0.7, budget=plan.cost).cost == plan.cost


def test_plan_to_a_level_passes_the_instruments_own_rule(
    case: tuple[UpgradePlanner, NDArray[np.int8]],
) -> None:
    planner, x = case

    plan = planner.plan(x, "level:3")

    answers = {
        item.code: ItemAnswer(AnswerState.ANSWERED, item.get_value_for_stage(max(int(stage), 0)))
        for item, stage in zip(INSTRUMENT.items, plan.stages, strict=True)
    }
    assert official.grade(INSTRUMENT, answers).level == plan.level == 3


def test_plan_totals_are_the_sums_of_its_steps(case: tuple[UpgradePlanner, NDArray[np.int8]]) -> None:
    planner, x = case
    plan = planner.plan(x, Target.tier(2))

    assert plan.cost == sum(step.cost for step in plan.steps)
    assert plan.cost_low == sum(step.low for step in plan.steps) <= plan.cost
    assert plan.cost_high == sum(step.high for step in plan.steps) >= plan.cost
    assert plan.readiness == pytest.approx(plan.readiness_before + sum(step.gain for step in plan.steps))
    assert {step.source for step in plan.steps} == {"platform estimate"}
    assert max(step.months for step in plan.steps) <= plan.months <= sum(step.months for step in plan.steps)


def test_plan_leaves_excluded_items_alone(case: tuple[UpgradePlanner, NDArray[np.int8]]) -> None:
    planner, x = case
    free = planner.plan(x, Target.tier(2))
    excluded = {free.steps[0].item, free.steps[1].item, *planner.catalogue.outcomes}

    plan = planner.plan(x, Target.tier(2), exclude=excluded)

    assert not excluded & {step.item for step in plan.steps}
    assert plan.cost >= free.cost


def test_plan_takes_needed_items_first(case: tuple[UpgradePlanner, NDArray[np.int8]]) -> None:
    planner, x = case
    low = np.zeros_like(x)

    plan = planner.plan(low, Target.tier(3), 0.85)

    place = {step.item: number for number, step in enumerate(plan.steps)}
    assert any(step.after for step in plan.steps)
    assert all(place[needed] < place[step.item] for step in plan.steps for needed in step.after)


def test_plan_that_is_already_reached_is_empty(case: tuple[UpgradePlanner, NDArray[np.int8]]) -> None:
    planner, _ = case
    top = np.array(INSTRUMENT.list_max_stages(), dtype=np.int8)

    for target in ("tier:1", "level:4"):
        plan = planner.plan(top, target)
        assert (plan.feasible, plan.steps, plan.cost, plan.bound, plan.gap) == (True, (), 0, 0, 0)


def test_plan_keeps_not_applicable_items_out(case: tuple[UpgradePlanner, NDArray[np.int8]]) -> None:
    planner, x = case
    x = x.copy()
    x[[INSTRUMENT.item_order.index(code) for code in ("X5", "b41")]] = NOT_APPLICABLE

    plan = planner.plan(x, Target.tier(1), 0.6)

    assert not {"X5", "b41"} & {step.item for step in plan.steps}
    assert plan.exceed[0] >= 0.6


def test_plan_beyond_the_lapse_is_impossible_and_shows_the_best(
    case: tuple[UpgradePlanner, NDArray[np.int8]],
) -> None:
    planner, x = case

    plan = planner.plan(x, Target.tier(1), 0.95)

    assert (plan.feasible, plan.bound, plan.gap) == (False, None, None)
    assert plan.readiness == pytest.approx(100)


def test_plan_to_a_level_beyond_the_budget_shows_the_level_within_reach(
    case: tuple[UpgradePlanner, NDArray[np.int8]],
) -> None:
    planner, x = case
    x = np.zeros_like(x)
    budget = planner.plan(x, Target.level(2)).cost

    plan = planner.plan(x, Target.level(3), budget=budget)

    assert (plan.feasible, plan.level, plan.cost) == (False, 2, budget)


def test_plan_to_a_level_without_a_budget_for_anything_stays(
    case: tuple[UpgradePlanner, NDArray[np.int8]],
) -> None:
    planner, x = case

    plan = planner.plan(np.zeros_like(x), Target.level(2), budget=0)

    assert (plan.feasible, plan.steps, plan.level) == (False, (), 0)


def test_frontier_rises_and_every_point_is_what_a_plan_for_its_cost_reaches(
    case: tuple[UpgradePlanner, NDArray[np.int8]],
) -> None:
    planner, x = case
    plan = planner.plan(x, Target.tier(3), 0.8)
    costs, readiness = zip(*plan.frontier, strict=True)

    assert costs[0] == 0
    assert readiness[0] == pytest.approx(plan.readiness_before)
    assert plan.frontier_complete
    assert list(costs) == sorted(set(costs))
    assert list(readiness) == sorted(set(readiness))
    for cost, most in plan.frontier[:: max(len(costs) // 5, 1)]:
        best = planner.plan(x, Target.tier(3), 0.99, budget=cost)
        assert best.readiness == pytest.approx(most)
        assert best.cost <= cost


def tangled() -> tuple[UpgradePlanner, list[int]]:
    """Return a planner whose prerequisites tie eight items of five stages each: too many to combine."""
    items = [f"i{j}" for j in range(8)]
    rules = [(items[j], stage, items[j - 1], stage) for j in range(1, 8) for stage in range(1, 5)]
    costs = {item: [3 + j, 5, 8 - j, 10] for j, item in enumerate(items)}
    card = scorecard(items, [4] * 8, [1, 2, 3, 4, 5, 6, 7, 8])
    return UpgradePlanner(card, catalogue(costs, rules), rule=RULE), [0] * 8


def test_plan_with_many_tied_items_is_solved_by_the_integer_program() -> None:
    planner, x = tangled()
    question = Question(
        planner.scorecard, planner.catalogue, np.array(x, dtype=np.int8), tier=2,
        prerequisites=planner.prerequisites,
    )  # fmt: skip

    plan = planner.plan(x, Target.tier(2))

    assert (plan.cost, plan.gap) == (naive_cost(question), 0)
    assert not plan.frontier_complete
    assert plan.level is None


def test_plan_with_many_tied_items_out_of_reach_shows_the_best_within_the_budget() -> None:
    planner, x = tangled()

    plan = planner.plan(x, Target.tier(3), 0.8, budget=30)

    assert not plan.feasible
    assert 0 < plan.cost <= 30
    assert plan.readiness > plan.readiness_before


def test_plan_prints_nothing(
    case: tuple[UpgradePlanner, NDArray[np.int8]], capfd: pytest.CaptureFixture[str]
) -> None:
    planner, x = case

    planner.plan(x, Target.level(4))

    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("form", [Target("tier", 2), 2, np.int64(2), "tier:2", ("tier", 2)])
def test_target_reads_plain_forms(form: Target | int | str | tuple[str, int]) -> None:
    assert Target.of(form) == Target.tier(2)


@pytest.mark.parametrize("form", ["tier", "tier:x", "grade:2", ("level", -1), "level:2:3"])
def test_target_of_nonsense_is_refused(form: str | tuple[str, int]) -> None:
    with pytest.raises(ValueError, match="is no target"):
        Target.of(form)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"target": "tier:4"}, "no tier 4"),
        ({"target": "tier:0"}, "no tier 0"),
        ({"target": "level:5"}, "no official level 5"),
        ({"target": 1, "probability": 1.0}, "probability"),
        ({"target": 1, "exclude": ["Z9"]}, "Z9"),
        ({"target": 1, "budget": -1}, "budget"),
    ],
)
def test_plan_with_senseless_arguments_says_which(
    case: tuple[UpgradePlanner, NDArray[np.int8]], arguments: dict[str, object], message: str
) -> None:
    planner, x = case

    with pytest.raises(ValueError, match=message):
        planner.plan(x, **arguments)  # type: ignore[arg-type]


def test_plan_of_stages_that_do_not_exist_is_refused(case: tuple[UpgradePlanner, NDArray[np.int8]]) -> None:
    planner, x = case

    with pytest.raises(ValueError, match="outside its item"):
        planner.plan(np.full_like(x, 101), 1)
    with pytest.raises(ValueError, match="60 stages are needed"):
        planner.plan(x[:5], 1)


def test_planner_for_an_unknown_size_is_refused() -> None:
    with pytest.raises(ValueError, match="huge"):
        UpgradePlanner(scorecard(["B1"], [4], [1]), size="huge")


def test_rule_from_the_instrument_agrees_with_the_instrument() -> None:
    random = np.random.default_rng(0)
    rule = load_current_rule()
    for _ in range(50):
        x = company(random)
        answers = {
            item.code: ItemAnswer(AnswerState.ANSWERED, item.get_value_for_stage(int(stage)))
            for item, stage in zip(INSTRUMENT.items, x, strict=True)
        }
        graded = official.grade(INSTRUMENT, answers)
        stages_by_code = dict(zip(INSTRUMENT.item_order, x.tolist(), strict=True))
        assert rule.compute_level(stages_by_code) == graded.level
        assert rule.compute_base(stages_by_code) == graded.base * 1000
