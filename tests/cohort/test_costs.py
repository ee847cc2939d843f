"""The typical costs of steps: who reads them, who changes them, and what is kept."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from audit.models import AuditEvent
from benchmarks.actions import costs
from benchmarks.costs import load_catalogue, load_shipped_catalogue
from benchmarks.models import CostSize, CostStep
from companies.models import Programme
from tests import factories
from tests.assessments.pages import sign_in

FORM = {"low": "10", "high": "20", "months": "3", "source": "Tender of 2026", "as_of": "2026-01-31"}


@pytest.fixture
def step(programme: Programme) -> CostStep:
    costs.load_defaults(programme=programme, by=None)
    return CostStep.objects.get(item="B1", from_stage=0, size=CostSize.SMALL)


def test_defaults_are_the_shipped_catalogue_and_loaded_once(programme: Programme) -> None:
    added = costs.load_defaults(programme=programme, by=None)
    assert added == 3 * len(load_shipped_catalogue().rows)
    assert costs.load_defaults(programme=programme, by=None) == 0
    for size in CostSize:
        catalogue = load_catalogue(programme, size)
        assert [row.item for row in catalogue.rows] == [row.item for row in load_shipped_catalogue().rows]
        assert all(
            own.costs[size.value] == row.costs[size.value]
            for own, row in zip(catalogue.rows, load_shipped_catalogue().rows, strict=True)
        )


def test_programme_without_rows_uses_the_shipped_catalogue(programme: Programme) -> None:
    assert load_catalogue(programme, CostSize.MICRO) is load_shipped_catalogue()


def test_loading_again_keeps_what_the_bureau_has_put_in(step: CostStep, officer: User) -> None:
    costs.change(step=step, low=1, high=2, months=3, source="Tender", as_of=date(2026, 1, 31), by=officer)
    costs.load_defaults(programme=step.programme, by=None)
    step.refresh_from_db()
    assert (step.low, step.high) == (1, 2)


def test_range_upside_down_empty_source_and_coming_date_are_refused(step: CostStep, officer: User) -> None:
    with pytest.raises(ValidationError) as refused:
        costs.change(step=step, low=9, high=2, months=3, source=" ", as_of=date(2999, 1, 1), by=officer)
    assert set(refused.value.message_dict) == {"high", "source", "as_of"}


def test_officer_changes_a_cost_and_the_old_one_is_kept(
    client: Client, step: CostStep, officer: User
) -> None:
    before = (step.low, step.high)
    url = reverse("cohort:cost", args=[step.pk])
    response = sign_in(client, officer).post(url, FORM)
    assert response.status_code == 302
    step.refresh_from_db()
    assert (step.low, step.high, step.months, step.source) == (10, 20, 3, "Tender of 2026")
    event = AuditEvent.objects.get(action="costs.changed")
    assert (event.details["before"]["low"], event.details["before"]["high"]) == before
    assert event.by == officer
    assert "changed by Staff officer" in client.get(url).content.decode()
    assert "Tender of 2026" in client.get(response["Location"]).content.decode()


@pytest.mark.parametrize(
    ("field", "value"), [("high", "5"), ("source", ""), ("as_of", "31.1.2026"), ("low", "-1")]
)
def test_wrong_figures_are_shown_again_with_the_fault(
    client: Client, step: CostStep, officer: User, field: str, value: str
) -> None:
    response = sign_in(client, officer).post(reverse("cohort:cost", args=[step.pk]), FORM | {field: value})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not AuditEvent.objects.filter(action="costs.changed").exists()


def test_others_read_costs_and_may_not_change_them(
    client: Client, step: CostStep, county_reviewer: User
) -> None:
    text = sign_in(client, county_reviewer).get(reverse("cohort:costs")).content.decode()
    assert "platform estimate" in text
    assert reverse("cohort:cost", args=[step.pk]) not in text
    assert client.post(reverse("cohort:cost", args=[step.pk]), FORM).status_code == 403


def test_officer_of_another_city_finds_nothing(client: Client, step: CostStep) -> None:
    elsewhere = factories.make_programme(factories.make_city("450300", "Guilin"), code="guilin-2024")
    user = factories.make_staff(elsewhere, Role.OFFICER, "Elsewhere")
    assert sign_in(client, user).get(reverse("cohort:cost", args=[step.pk])).status_code == 404


def test_chinese_page_is_chinese(client: Client, step: CostStep, officer: User) -> None:
    text = sign_in(client, officer, "zh-hans").get(reverse("cohort:costs")).content.decode()
    assert "改造投入参考" in text
    assert "平台估算" in text
