"""The company's plan: saved from the way up, changed by those who may, and compared with the next round."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from importlib import import_module

import pytest
import python_calamine
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts.models import User
from assessments.actions import submissions
from assessments.answering.progress import find_current_plan, get_plan_progress
from assessments.models import Assessment, Plan
from assessments.reports.files import render_plan, render_report
from assessments.scoring.compute import score_and_store
from benchmarks.ml.encode import NOT_APPLICABLE
from benchmarks.models import Release
from documents.numbers import format_points, format_signed_points
from instrument import AnswerState, ItemAnswer
from tests import factories
from tests.markup import in_one_line

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def saved(client: Client, assessment: Assessment, **form: object) -> Plan:
    response = client.post(reverse("assessments:save_plan", args=[assessment.pk]), form)
    assert response.status_code == 302
    plan = find_current_plan(assessment)
    assert plan is not None
    return plan


def text_of_page(client: Client, assessment: Assessment) -> str:
    page = client.get(reverse("assessments:plan", args=[assessment.pk]), headers=ENGLISH).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_steps_that_are_on_become_the_plan(signed_in: Client, scored: Assessment) -> None:
    plan = saved(signed_in, scored, target="level")
    steps = [step.item for step in plan.steps.all()]
    assert len(steps) > 2
    assert plan.reaches_target

    fewer = saved(signed_in, scored, target="level", planned="level", step=steps, on=steps[:2])

    assert [step.item for step in fewer.steps.all()] == steps[:2]
    assert (fewer.number, fewer.reaches_target) == (2, False)
    assert list(Plan.objects.filter(is_current=True)) == [fewer]
    page = signed_in.get(reverse("assessments:plan", args=[scored.pk]), headers=ENGLISH).content.decode()
    assert "Plan 1, saved on" in page


def test_who_does_what_by_when_goes_over_to_the_next_plan(signed_in: Client, scored: Assessment) -> None:
    plan = saved(signed_in, scored, target="level")
    item = plan.steps.all()[0].item
    address = reverse("assessments:plan", args=[scored.pk])

    signed_in.post(address, {f"owner-{item}": "韦琳", f"due-{item}": "2026-12-24", f"done-{item}": ""})
    again = saved(signed_in, scored, target="level")

    step = again.steps.get(item=item)
    assert (step.owner, step.due_on, step.done_on) == ("韦琳", date(2026, 12, 24), None)
    book = signed_in.get(reverse("assessments:plan_workbook", args=[scored.pk])).content
    rows = python_calamine.load_workbook(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert {"韦琳", date(2026, 12, 24)} <= {cell for row in rows for cell in row}
    assert render_plan(scored, "zh-hans").startswith(b"%PDF")


def test_two_people_fill_in_one_plan_and_neither_overwrites_the_other(
    signed_in: Client, scored: Assessment
) -> None:
    item = saved(signed_in, scored, target="level").steps.all()[0].item
    address = reverse("assessments:plan", args=[scored.pk])
    seen = {f"seen-{name}-{item}": "" for name in ("owner", "due", "done")}
    nothing = {f"owner-{item}": "", f"due-{item}": "", f"done-{item}": ""}

    signed_in.post(address, {**seen, **nothing, f"owner-{item}": "韦琳"})
    second = {**seen, **nothing, f"owner-{item}": "Li", f"due-{item}": "2026-12-24"}
    page = signed_in.post(address, second, follow=True, headers=ENGLISH).content.decode()

    step = Plan.objects.get().steps.get(item=item)
    assert (step.owner, step.due_on) == ("韦琳", date(2026, 12, 24))
    assert "“韦琳” meanwhile" in page
    assert "You entered “Li”" in page
    assert f'name="seen-owner-{item}" value="韦琳"' in in_one_line(page)


def test_a_day_that_does_not_exist_is_said_and_nothing_is_saved(
    signed_in: Client, scored: Assessment
) -> None:
    item = saved(signed_in, scored, target="level").steps.all()[0].item

    page = signed_in.post(
        reverse("assessments:plan", args=[scored.pk]), {f"owner-{item}": "Li", f"due-{item}": "2026-02-30"}
    )

    assert "2026-02-30" in page.content.decode()
    assert not Plan.objects.get().steps.exclude(owner="").exists()


def test_members_and_the_bureau_read_the_plan_and_do_not_change_it(
    client: Client, signed_in: Client, scored: Assessment, colleague: User, officer: User
) -> None:
    plan = saved(signed_in, scored, target="level")
    item = plan.steps.all()[0].item
    for user in (colleague, officer):
        client.force_login(user, backend=BACKEND)
        address = reverse("assessments:plan", args=[scored.pk])
        assert client.get(address).status_code == 200
        assert client.post(address, {f"owner-{item}": "x"}).status_code == 403
        assert client.post(reverse("assessments:save_plan", args=[scored.pk])).status_code == 403
        way_up = client.get(reverse("assessments:way_up", args=[scored.pk])).content.decode()
        assert reverse("assessments:save_plan", args=[scored.pk]) not in way_up


@pytest.fixture
def later(signed_in: Client, scored: Assessment, owner: User, release: Release) -> Assessment:
    """The next round with a result: of the plan made before, the first step is done and nothing else."""
    plan = saved(signed_in, scored, target="level")
    step = get_plan_progress(plan, "en").steps[0]
    after = factories.full_answers()
    after[step.item.code] = ItemAnswer(
        AnswerState.ANSWERED, value=step.item.get_value_for_stage(step.step.to_stage)
    )
    assessment = factories.make_assessment(scored.company, factories.make_round(scored.round.programme, "T1"))
    factories.store_answers(assessment, after, by=owner)
    score_and_store([submissions.submit_answers(assessment=assessment, declared=True, by=owner)], release)
    assessment.refresh_from_db()
    return assessment


def test_next_round_shows_what_came_of_each_step(signed_in: Client, later: Assessment) -> None:
    plan = find_current_plan(later)
    assert plan is not None
    assert plan.assessment != later
    assert later.self_run is not None
    progress = get_plan_progress(plan, "en")
    first, second = progress.steps[:2]
    assert (first.is_reached, first.came) == (True, first.step.gain)
    assert (second.is_reached, second.came) == (False, 0)
    # The gain that was planned is what the score has really gained by this one answer.
    assert plan.readiness_before + first.step.gain == pytest.approx(later.self_run.readiness_guarded, abs=1)

    page = text_of_page(signed_in, later)
    assert (
        f"Readiness score {format_points(plan.readiness_before)} {format_points(plan.readiness_after)} "
        in page
    )
    assert f"{format_points(plan.readiness_after)} {format_points(later.self_run.readiness_guarded)}" in page
    assert (
        f"{format_signed_points(first.step.gain)} of {format_signed_points(first.step.gain)} points" in page
    )
    assert f"+0.0 of {format_signed_points(second.step.gain)}" not in page  # no change has no sign
    assert f"0.0 of {format_signed_points(second.step.gain)} points" in page


def test_paper_and_workbook_say_what_came_of_each_step(signed_in: Client, later: Assessment) -> None:
    plan = find_current_plan(later)
    assert plan is not None
    assert later.self_run is not None
    first = get_plan_progress(plan, "en").steps[0]
    paper = factories.text_of_pdf(render_plan(later, "en"))
    assert "Outcome of the plan of T0" in paper
    for figure in (plan.readiness_before, plan.readiness_after, later.self_run.readiness_guarded):
        assert format_points(figure) in paper

    book = python_calamine.load_workbook(
        io.BytesIO(
            signed_in.get(reverse("assessments:plan_workbook", args=[later.pk]), headers=ENGLISH).content
        )
    )
    steps = book.get_sheet_by_index(0).to_python()
    assert steps[1][3:5] == [1000.0 * first.step.cost_low, 1000.0 * first.step.cost_high]
    standing, outcome = book.get_sheet_by_index(1).to_python(), book.get_sheet_by_index(2).to_python()
    assert standing[2][:4] == [
        "Readiness score",
        float(format_points(plan.readiness_before)),
        float(format_points(plan.readiness_after)),
        float(format_points(later.self_run.readiness_guarded)),
    ]
    assert outcome[1][4:6] == [float(format_points(first.step.gain))] * 2


def test_plan_of_the_round_before_stays_in_reach_of_a_new_one(signed_in: Client, later: Assessment) -> None:
    before = find_current_plan(later)
    assert before is not None
    new = saved(signed_in, later, target="level")

    assert find_current_plan(later) == new != before
    page = signed_in.get(reverse("assessments:plan", args=[later.pk]), headers=ENGLISH).content.decode()
    assert reverse("assessments:plan", args=[before.assessment_id]) in page
    assert "Outcome of the plan of T0" in factories.text_of_pdf(render_report(later, "en"))


def test_a_step_that_does_not_apply_any_more_is_no_loss(signed_in: Client, scored: Assessment) -> None:
    step = get_plan_progress(saved(signed_in, scored, target="level"), "en").steps[0]
    gone = replace(step, stage_since=NOT_APPLICABLE)
    fallen = replace(step, stage_since=-1)
    assert gone.came is None
    assert (fallen.came or 0) <= 0


def test_home_page_of_the_next_round_leads_to_the_plan(
    client: Client, signed_in: Client, later: Assessment, provider: User
) -> None:
    address = reverse("assessments:home", args=[later.pk])
    total = len(get_plan_progress(Plan.objects.get(), "en").steps)

    page = signed_in.get(address, headers=ENGLISH).content.decode()
    assert f"1 of {total} steps done, planned in T0" in page
    assert reverse("assessments:plan", args=[later.pk]) in page

    client.force_login(provider, backend=BACKEND)
    assert "steps done" not in client.get(address, headers=ENGLISH).content.decode()


def test_plan_keeps_the_result_it_was_made_from(signed_in: Client, scored: Assessment) -> None:
    plan = saved(signed_in, scored, target="tier")
    assert plan.run == scored.self_run
    page = signed_in.get(reverse("assessments:way_up", args=[scored.pk]), {"target": "tier"}, headers=ENGLISH)
    change = f">{format_points(plan.readiness_before)} →</span> {format_points(plan.readiness_after)}"
    assert change in in_one_line(page.content.decode())


def test_plan_page_asks_a_constant_number_of_questions(
    signed_in: Client, scored: Assessment, django_assert_max_num_queries: object
) -> None:
    saved(signed_in, scored, target="level")
    with django_assert_max_num_queries(24):  # type: ignore[operator]
        signed_in.get(reverse("assessments:plan", args=[scored.pk]))


def test_migration_names_the_result_that_counted_then(
    signed_in: Client, scored: Assessment, owner: User, release: Release
) -> None:
    plan = saved(signed_in, scored, target="level")
    first = plan.run
    scored.answers.all().delete()
    factories.store_answers(scored, factories.full_answers(stage=1), by=owner)
    score_and_store([submissions.submit_answers(assessment=scored, declared=True, by=owner)], release)
    scored.refresh_from_db()
    assert scored.self_run not in (None, first)
    Plan.objects.update(run=scored.self_run)

    import_module("assessments.migrations.0014_plans_name_their_result").name_results(apps, None)

    plan.refresh_from_db()
    assert plan.run == first
