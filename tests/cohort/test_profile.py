"""Setting a company's profile right on its file."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEvent
from companies.models import Area, Company
from tests import factories
from tests.assessments.pages import sign_in

pytestmark = pytest.mark.django_db


def shown(client: Client, company: Company) -> dict[str, str]:
    """What the form holds, as a browser would send it back unchanged."""
    form = client.get(reverse("cohort:profile", args=[company.pk])).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: str(value) for name, value in values.items() if value is not None and value is not False}


def test_officer_changes_facts_and_the_record_names_them(
    client: Client, company: Company, officer: User
) -> None:
    sign_in(client, officer)
    values = shown(client, company)
    page = reverse("cohort:profile", args=[company.pk])
    assert client.post(page, values).status_code == 302
    assert not AuditEvent.objects.filter(action="company.changed").exists()

    client.post(page, {**values, "park": "East park", "high_tech": "on", "machines_total": "40"})

    company.refresh_from_db()
    assert (company.park, company.high_tech, company.machines_total) == ("East park", True, 40)
    event = AuditEvent.objects.get(action="company.changed")
    assert event.by == officer
    assert set(event.details["changed"]) == {"park", "high_tech", "machines_total"}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("credit_code", "123", "18"),
        ("machines_total", "-4", "greater than or equal to 0"),
        ("division", "", "required"),
    ],
)
def test_wrong_fact_is_named_at_its_field(
    client: Client, company: Company, officer: User, field: str, value: str, words: str
) -> None:
    sign_in(client, officer)
    page = reverse("cohort:profile", args=[company.pk])
    response = client.post(page, {**shown(client, company), field: value}, headers={"accept-language": "en"})
    assert response.status_code == 422
    assert words in str(response.context["form"].errors[field])
    assert not AuditEvent.objects.filter(action="company.changed").exists()


def test_retired_area_is_offered_to_those_who_have_it_alone(
    client: Client, company: Company, officer: User
) -> None:
    other = factories.make_division(company.division.city, 8)
    Area.objects.filter(pk__in=[other.pk, company.division_id]).update(retired_at=timezone.now())
    form = sign_in(client, officer).get(reverse("cohort:profile", args=[company.pk])).context["form"]
    assert list(form.fields["division"].queryset) == [company.division]


def test_two_officers_do_not_undo_each_other(client: Client, company: Company, officer: User) -> None:
    sign_in(client, officer)
    page = reverse("cohort:profile", args=[company.pk])
    values = shown(client, company)
    seen = client.get(page).context["seen"]
    client.post(page, {**values, "seen": seen, "park": "East park"})

    second = client.post(page, {**values, "seen": seen, "systems": "ERP"}, headers={"accept-language": "en"})

    assert second.status_code == 422
    assert "Somebody else changed the profile" in second.content.decode()
    company.refresh_from_db()
    assert (company.park, company.systems) == ("East park", "")
