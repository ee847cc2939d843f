"""A service provider's own values: entered on the same pages, kept apart, standing beside the company's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from assessments.models import Answer, Assessment, PreScore, Round, Submission
from companies.models import Membership, Programme
from tests import factories
from tests.assessments.pages import section_form, sign_in

pytestmark = pytest.mark.django_db
SCRIPT = {"HX-Request": "true"}


def prescore_all(assessment: Assessment, by: User) -> None:
    PreScore.objects.bulk_create(
        PreScore(
            assessment=assessment,
            item=code,
            state=answer.state.value,
            value=list(answer.value) if isinstance(answer.value, tuple) else answer.value,
            answered_by=by,
            answered_at=timezone.now(),
        )
        for code, answer in factories.full_answers(3).items()
    )


def test_provider_answers_on_the_same_pages_without_touching_the_company(
    client: Client, answered: Assessment, provider: User
) -> None:
    before = list(Answer.objects.order_by("item").values())
    sign_in(client, provider)
    address = reverse("assessments:answer", args=[answered.pk, "B5"])
    saved = client.post(address, {"B5": "E", "B5-revision": "0"}, headers=SCRIPT)
    assert saved.headers["X-Answer"] == "saved"
    stale = client.post(address, {"B5": "A", "B5-revision": "0"}, headers=SCRIPT)
    assert (stale.status_code, stale.headers["X-Answer"]) == (409, "conflict")
    section = reverse("assessments:section", args=[answered.pk, "S8"])
    form = {name: value for name, value in section_form(answered, "S8").items() if "revision" not in name}
    client.post(section, form | {"G3-revision": "0", "b51-revision": "0", "b52-revision": "0"})

    assert set(PreScore.objects.values_list("item", flat=True)) == {"B5", "G3", "b51", "b52"}
    assert list(Answer.objects.order_by("item").values()) == before
    page = client.get(reverse("assessments:section", args=[answered.pk, "S2"])).content.decode()
    assert "Company" in page
    assert "your own values" in page
    assert "1 of 6 questions" in client.get(reverse("assessments:home", args=[answered.pk])).content.decode()


def test_provider_gives_up_access_and_what_was_submitted_stays(
    client: Client, answered: Assessment, provider: User
) -> None:
    prescore_all(answered, provider)
    sign_in(client, provider)
    leave = reverse("assessments:leave", args=[answered.pk])
    assert leave in client.get(reverse("assessments:provider_home")).content.decode()
    client.post(leave)

    assert client.get(reverse("assessments:home", args=[answered.pk])).status_code == 404
    assert "No company has let you in" in client.get(reverse("assessments:provider_home")).content.decode()
    assert PreScore.objects.filter(assessment=answered).count() == 60


def test_providers_submission_stands_beside_and_counts_for_nothing(
    client: Client, answered: Assessment, provider: User, owner: User
) -> None:
    prescore_all(answered, provider)
    sign_in(client, provider)
    refused = client.post(reverse("assessments:submit", args=[answered.pk]), {})
    assert refused.status_code == 422
    response = client.post(reverse("assessments:submit", args=[answered.pk]), {"declared": "yes"})

    submission = Submission.objects.get()
    assert (submission.kind, submission.submitted_by) == (Submission.Kind.PROVIDER, provider)
    assert response.headers["Location"] == reverse("assessments:receipt", args=[submission.pk])
    answered.refresh_from_db()
    assert answered.submitted_at is None
    assert (
        "values are submitted" in client.get(reverse("assessments:home", args=[answered.pk])).content.decode()
    )
    page = sign_in(Client(), owner).get(reverse("assessments:section", args=[answered.pk, "S2"]))
    assert "Service provider" in page.content.decode()


def test_provider_home_lists_the_companies_that_let_it_in_at_constant_cost(
    client: Client,
    programme: Programme,
    round_t0: Round,
    assessment: Assessment,
    provider: User,
) -> None:
    sign_in(client, provider)
    assert client.get("/").headers["Location"] == reverse("assessments:provider_home")
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("assessments:provider_home"))
    for number in range(3, 8):
        company = factories.make_company(programme, number=number)
        factories.make_assessment(company, round_t0)
        expires = timezone.now() + timedelta(days=number - 4)
        Membership.objects.create(
            user=provider, company=company, role=Role.PROVIDER.value, expires_at=expires
        )
    with CaptureQueriesContext(connection) as many:
        page = client.get(reverse("assessments:provider_home")).content.decode()
    assert len(many) == len(one)
    shown = [number for number in range(1, 8) if f"公司{number}<" in page]
    assert shown == [1, 5, 6, 7]


def test_provider_whose_time_is_over_finds_nothing(
    client: Client, assessment: Assessment, provider: User
) -> None:
    Membership.objects.filter(user=provider).update(expires_at=timezone.now())
    sign_in(client, provider)
    assert client.get(reverse("assessments:home", args=[assessment.pk])).status_code == 404
    address = reverse("assessments:answer", args=[assessment.pk, "B5"])
    assert client.post(address, {"B5": "E", "B5-revision": "0"}, headers=SCRIPT).status_code == 404


def test_provider_uploads_no_evidence_and_withdraws_nothing(
    client: Client, scored: Assessment, provider: User
) -> None:
    sign_in(client, provider)
    page = client.get(reverse("assessments:section", args=[scored.pk, "S2"])).content.decode()
    assert "Send the file" not in page
    assert client.post(reverse("assessments:withdraw", args=[scored.pk])).status_code == 403


def test_providers_figures_are_compared_with_the_providers_own(
    client: Client, answered: Assessment, provider: User
) -> None:
    """450 networked machines are too many of the company's 370, and not of the 1,000 that the provider counted."""
    Answer.objects.filter(assessment=answered, item="B2").update(figures={"machines_total": "370"})
    sign_in(client, provider)
    counted = {"B2": "A", "B2-machines_total": "1000", "B2-machines_digital": "50", "B2-revision": "0"}
    client.post(reverse("assessments:answer", args=[answered.pk, "B2"]), counted, headers=SCRIPT)
    networked = {"B3": "D", "B3-machines_networked": "450", "B3-revision": "0"}
    address = reverse("assessments:answer", args=[answered.pk, "B3"])
    saved = client.post(address, networked, headers=SCRIPT)

    assert saved.headers["X-Answer"] == "saved"
    assert "370" not in saved.content.decode()
