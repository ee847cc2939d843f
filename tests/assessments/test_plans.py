"""The company's plan: saved from the way up, changed by those who may, and compared with the next round."""

from __future__ import annotations

import io
from datetime import date

import pytest
import python_calamine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from assessments.actions import submissions
from assessments.models import Assessment, Plan
from assessments.progress import current_plan, progress_of
from assessments.reports.files import plan_of
from assessments.scoring import score
from benchmarks.models import Release
from tests import factories

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def saved(client: Client, assessment: Assessment, **form: object) -> Plan:
    response = client.post(reverse("assessments:save_plan", args=[assessment.pk]), form)
    assert response.status_code == 302
    plan = current_plan(assessment)
    assert plan is not None
    return plan


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
    assert "韦琳" in {cell for row in rows for cell in row}
    assert plan_of(scored, "zh-hans").startswith(b"%PDF")


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


def test_next_round_shows_which_planned_steps_were_reached(
    signed_in: Client, scored: Assessment, owner: User, release: Release
) -> None:
    plan = saved(signed_in, scored, target="level")
    first, second = list(plan.steps.all())[:2]
    after = factories.full_answers()
    item = progress_of(plan, "en").steps[0].item
    after[item.code] = type(after[item.code])(
        after[item.code].state, value=item.value_for_stage(first.to_stage)
    )
    later = factories.make_assessment(scored.company, factories.make_round(scored.round.programme, "T1"))
    factories.store_answers(later, after, by=owner)
    score([submissions.submit(assessment=later, declared=True, by=owner)], release)
    later.refresh_from_db()

    found = current_plan(later)
    assert found == plan
    steps = {row.step.item: row for row in progress_of(plan, "en").steps}
    assert steps[first.item].is_reached
    assert not steps[second.item].is_reached
    page = signed_in.get(reverse("assessments:plan", args=[later.pk]), headers=ENGLISH).content.decode()
    assert "T1: stage" in page


def test_plan_page_asks_a_constant_number_of_questions(
    signed_in: Client, scored: Assessment, django_assert_max_num_queries: object
) -> None:
    saved(signed_in, scored, target="level")
    with django_assert_max_num_queries(24):  # type: ignore[operator]
        signed_in.get(reverse("assessments:plan", args=[scored.pk]))
