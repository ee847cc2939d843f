"""The cheapest way up: planning for a scored submission, and what its switches do."""

from __future__ import annotations

import itertools
import re

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from accounts.models import User
from assessments.actions import submissions
from assessments.models import Assessment, ScoreRun
from assessments.plans import PlanQuestion, Subject, build_subject, build_what_if
from assessments.results.stage_labels import format_stage_change
from assessments.scoring.compute import score_and_store
from benchmarks.actions import costs
from benchmarks.ml.plan import Target
from benchmarks.models import CostStep, Release
from companies.models import Company, Programme
from instrument import AnswerState, ItemAnswer, load_instrument, official
from tests import factories
from tests.assessments.pages import sign_in
from tests.markup import in_one_line


@pytest.fixture
def subject(scored: Assessment) -> Subject:
    run = ScoreRun.objects.select_related("release", "submission").get()
    return build_subject(run, scored.company, scored.round.programme)


def scored_with(
    assessment: Assessment, owner: User, release: Release, answers: dict[str, ItemAnswer]
) -> None:
    factories.store_answers(assessment, answers, by=owner)
    score_and_store([submissions.submit_answers(assessment=assessment, declared=True, by=owner)], release)
    assessment.refresh_from_db()


def ask(subject: Subject, query: str = "") -> PlanQuestion:
    return PlanQuestion.from_form(subject, QueryDict(query))


def test_targets_are_one_above_what_was_scored(subject: Subject, scored: Assessment) -> None:
    run = scored.run
    assert run is not None
    assert (subject.level, subject.tier) == (run.official_level, run.tier)
    assert subject.next_level == Target.level(run.official_level + 1)
    assert subject.next_tier == Target.tier((run.tier or 0) + 1)


@pytest.mark.parametrize("goal", ["level", "tier"])
def test_all_steps_reach_the_target_and_are_counted_exactly(subject: Subject, goal: str) -> None:
    answer = build_what_if(subject, ask(subject, f"target={goal}"))
    assert answer is not None
    assert answer.plan.feasible
    assert answer.plan.gap == 0
    assert answer.reached
    assert answer.after.readiness == round(100 * answer.plan.readiness)
    assert (answer.cost_low, answer.cost_high) == (answer.plan.cost_low, answer.plan.cost_high)
    assert answer.months == answer.plan.months
    assert not answer.broken


def test_level_after_agrees_with_grading_the_answers(subject: Subject) -> None:
    answer = build_what_if(subject, ask(subject, "target=level"))
    assert answer is not None
    raised = subject.raise_stages(answer.on)
    graded = official.grade(
        subject.instrument,
        {
            code: ItemAnswer(
                AnswerState.ANSWERED, value=subject.instrument.get_item(code).get_value_for_stage(int(stage))
            )
            for code, stage in zip(subject.instrument.item_order, raised, strict=True)
        },
    )
    assert answer.after.level == graded.level == answer.target.number
    assert answer.after.base == graded.base * 1000
    assert answer.gate is not None
    assert answer.after.scenarios == graded.at_level[answer.gate.level]


def test_switching_a_step_off_keeps_the_plan_and_misses_the_target(subject: Subject) -> None:
    whole = build_what_if(subject, ask(subject, "target=level"))
    assert whole is not None
    first, *others = whole.plan.steps
    query = "&".join([f"target=level&step={first.item}", *(f"step={s.item}&on={s.item}" for s in others)])
    answer = build_what_if(subject, ask(subject, query))
    assert answer is not None
    assert answer.plan.steps == whole.plan.steps
    assert answer.on == tuple(others)
    assert not answer.reached
    assert answer.cost_high == whole.cost_high - first.high


def test_excluded_item_is_planned_around(subject: Subject) -> None:
    whole = build_what_if(subject, ask(subject))
    assert whole is not None
    item = whole.plan.steps[0].item
    answer = build_what_if(subject, ask(subject, f"exclude={item}"))
    assert answer is not None
    assert item not in {step.item for step in answer.plan.steps}
    assert answer.plan.cost >= whole.plan.cost


def test_business_results_are_left_out_unless_asked_for(subject: Subject) -> None:
    target = Target.level(4)
    kept = subject.plan(target)
    assert not {step.item for step in kept.steps} & set(subject.catalogue.outcomes)
    assert subject.plan(target, with_outcomes=True).cost <= kept.cost


def test_budget_below_the_whole_cost_gives_the_largest_step(subject: Subject) -> None:
    whole = build_what_if(subject, ask(subject, "target=tier"))
    assert whole is not None
    budget = whole.full_cost // 2
    answer = build_what_if(subject, ask(subject, f"target=tier&budget={budget}"))
    assert answer is not None
    assert not answer.plan.feasible
    assert answer.plan.cost <= budget
    assert answer.full_cost == whole.full_cost
    assert answer.before.readiness < answer.after.readiness < whole.after.readiness


def test_budget_that_buys_no_level_gives_the_part_of_the_way_worth_most(subject: Subject) -> None:
    whole = build_what_if(subject, ask(subject, "target=level"))
    assert whole is not None
    budget = whole.full_cost - 1
    answer = build_what_if(subject, ask(subject, f"target=level&budget={budget}"))
    assert answer is not None
    assert not answer.plan.feasible
    assert answer.after.level == answer.before.level
    assert 0 < answer.plan.cost <= budget
    planned = {(step.item, step.to_stage) for step in whole.plan.steps}
    taken = {(step.item, step.to_stage) for step in answer.plan.steps}
    assert taken < planned
    # No other part of the way within the budget is worth more.
    gains = {step.item: (step.cost, step.gain) for step in whole.plan.steps}
    best = max(
        sum(gains[item][1] for item in part)
        for size in range(len(gains))
        for part in itertools.combinations(gains, size)
        if sum(gains[item][0] for item in part) <= budget
        and not any(set(step.after) - set(part) for step in whole.plan.steps if step.item in part)
    )
    assert sum(step.gain for step in answer.plan.steps) == pytest.approx(best)


@pytest.mark.parametrize(
    "query", ["budget=500&full=500", "budget=7&planned=tier", "budget=x", "budget=-3", "budget=999999999999"]
)
def test_budget_that_limits_nothing_is_none(subject: Subject, query: str) -> None:
    assert ask(subject, f"target=level&{query}").budget is None


def test_unknown_values_of_the_form_are_as_good_as_none(subject: Subject) -> None:
    assert ask(subject, "target=moon&exclude=Z9&step=Z9") == ask(subject)


def test_switched_off_prerequisite_is_named(assessment: Assessment, owner: User, release: Release) -> None:
    answers = factories.full_answers(2)
    for code, stage in {"C08": 2, "B3": 0}.items():
        item = load_instrument().get_item(code)
        answers[code] = ItemAnswer(AnswerState.ANSWERED, value=item.get_value_for_stage(stage))
    scored_with(assessment, owner, release, answers)
    run = ScoreRun.objects.select_related("release", "submission").get()
    subject = build_subject(run, assessment.company, assessment.round.programme)
    plan = subject.plan(Target.level(4))
    steps = {step.item: step for step in plan.steps}
    assert {"C08", "B3"} <= set(steps)
    assert "B3" in steps["C08"].after
    broken = subject.list_unmet_prerequisites([step for step in plan.steps if step.item != "B3"])
    assert ("C08", "B3") in {(rule.item, rule.needs) for rule in broken}


def test_top_of_both_ladders_leaves_nothing(
    client: Client, assessment: Assessment, owner: User, release: Release
) -> None:
    scored_with(assessment, owner, release, factories.full_answers(4))
    text = sign_in(client, owner).get(reverse("assessments:result", args=[assessment.pk])).content.decode()
    assert "There is nothing left to plan." in text


def test_costs_of_the_bureau_are_used_and_named(
    client: Client, scored: Assessment, owner: User, officer: User, programme: Programme
) -> None:
    costs.load_defaults(programme=programme, by=None)
    url = reverse("assessments:way_up", args=[scored.pk])
    before = sign_in(client, owner).get(url)
    step = before.context["way_up"].plan.steps[0]
    for row in CostStep.objects.filter(item=step.item, size="small"):
        costs.change(step=row, low=1, high=1, months=9, source="Tender of 2026", as_of=row.as_of, by=officer)
    response = client.get(url)
    changed = next(found for found in response.context["way_up"].plan.steps if found.item == step.item)
    rungs = changed.to_stage - changed.from_stage
    assert (changed.low, changed.high, changed.months) == (rungs, rungs, 9 * rungs)
    assert "Tender of 2026, 2026-11" in response.content.decode()


@pytest.mark.parametrize(("size", "used"), [("micro", "micro"), ("large", "medium"), ("", "small")])
def test_size_class_decides_the_costs(scored: Assessment, company: Company, size: str, used: str) -> None:
    company.size = size
    run = ScoreRun.objects.select_related("release", "submission").get()
    assert build_subject(run, company, scored.round.programme).planner.size == used


def test_result_page_shows_the_way_up(client: Client, scored: Assessment, owner: User) -> None:
    response = sign_in(client, owner).get(reverse("assessments:result", args=[scored.pk]))
    text = in_one_line(response.content.decode())
    assert "Cheapest way up" in text
    assert "not a promise" in text
    for step in response.context["way_up"].plan.steps:
        assert f'name="on" value="{step.item}" checked' in text
    assert "platform estimate, 2026-11" in text
    assert " style=" not in text


def test_switches_replace_the_panel_alone(client: Client, scored: Assessment, owner: User) -> None:
    url = reverse("assessments:way_up", args=[scored.pk])
    sign_in(client, owner)
    part = client.get(url, {"target": "tier"}, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<section class="card mb-4" id="whatif"')
    assert "Chance of the tier or higher" in part
    assert re.search(r'name="full" value="\d{3,}"', part)
    assert "<html" in client.get(url, {"target": "tier"}).content.decode()


def test_panel_before_scoring_is_not_found(client: Client, answered: Assessment, owner: User) -> None:
    assert sign_in(client, owner).get(reverse("assessments:way_up", args=[answered.pk])).status_code == 404


def test_chinese_panel_is_chinese(client: Client, scored: Assessment, owner: User) -> None:
    text = (
        sign_in(client, owner, "zh-hans")
        .get(reverse("assessments:way_up", args=[scored.pk]))
        .content.decode()
    )
    assert "最省的升级路径" in text
    assert "平台估算" in text
    assert "Plan without it" not in text


def test_change_of_an_option_is_counted_as_the_questionnaire_numbers_it() -> None:
    """G1 has letters in the instrument, which its page does not show."""
    assert format_stage_change(load_instrument().get_item("G1"), 2, 3) == "2 → 3"
    assert format_stage_change(load_instrument().get_item("C01"), 2, 3) == "2 → 3"
