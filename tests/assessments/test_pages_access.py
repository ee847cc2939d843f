"""Who may open which page of an assessment."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from assessments.models import Assessment, Submission
from tests.assessments.pages import sign_in

READING = ("home", "questions", "check", "scoring", "result")


def urls(assessment: Assessment) -> list[str]:
    submission = Submission.objects.get(assessment=assessment)
    return [
        *(reverse(f"assessments:{name}", args=[assessment.pk]) for name in READING),
        reverse("assessments:section", args=[assessment.pk, "S2"]),
        reverse("assessments:answer", args=[assessment.pk, "B1"]),
        reverse("assessments:receipt", args=[submission.pk]),
    ]


@pytest.mark.parametrize("who", ["owner", "colleague", "officer", "auditor"])
def test_pages_as_somebody_who_may_read(
    request: pytest.FixtureRequest, client: Client, scored: Assessment, who: str
) -> None:
    sign_in(client, request.getfixturevalue(who))
    assert [client.get(url).status_code for url in urls(scored)] == [200] * 8
    assert [client.head(url).status_code for url in urls(scored)] == [200] * 8


@pytest.mark.parametrize(("who", "told"), [("owner", False), ("colleague", False), ("officer", True)])
def test_result_tells_staff_whose_it_is(
    request: pytest.FixtureRequest, client: Client, scored: Assessment, who: str, told: bool
) -> None:
    sign_in(client, request.getfixturevalue(who))
    page = client.get(reverse("assessments:result", args=[scored.pk])).content.decode()
    assert (f"You are reading the result of {scored.company.name}" in page) is told


def test_pages_as_stranger_are_not_found(client: Client, scored: Assessment, stranger: User) -> None:
    sign_in(client, stranger)
    assert {client.get(url).status_code for url in urls(scored)} == {404}
    assert client.post(reverse("assessments:submit", args=[scored.pk])).status_code == 404
    assert client.post(reverse("assessments:answer", args=[scored.pk, "B1"]), {"B1": "B"}).status_code == 404


def test_pages_as_anonymous_lead_to_sign_in(client: Client, scored: Assessment) -> None:
    for url in urls(scored):
        response = client.get(url)
        assert response.status_code == 302
        assert response.headers["Location"].startswith(reverse("account_login"))


def test_pages_as_administrator_say_whose_permission_is_needed(
    client: Client, scored: Assessment, administrator: User
) -> None:
    sign_in(client, administrator)
    response = client.get(reverse("assessments:section", args=[scored.pk, "S2"]))
    assert response.status_code == 403


def test_auditor_reads_but_does_not_answer(client: Client, scored: Assessment, auditor: User) -> None:
    sign_in(client, auditor)
    page = client.get(reverse("assessments:section", args=[scored.pk, "S2"])).content.decode()
    assert "hx-post" not in page
    assert client.post(reverse("assessments:section", args=[scored.pk, "S2"]), {}).status_code == 403
    assert client.post(reverse("assessments:answer", args=[scored.pk, "B1"]), {"B1": "B"}).status_code == 403


def test_colleague_cannot_submit(client: Client, answered: Assessment, colleague: User) -> None:
    sign_in(client, colleague)
    response = client.post(reverse("assessments:submit", args=[answered.pk]), {"declared": "yes"})
    assert response.status_code == 403
    assert not Submission.objects.exists()
    page = client.get(reverse("assessments:check", args=[answered.pk])).content.decode()
    assert "Alice" in page
    assert 'name="declared"' not in page


def test_unknown_section_and_item_are_not_found(client: Client, assessment: Assessment, owner: User) -> None:
    sign_in(client, owner)
    assert client.get(reverse("assessments:section", args=[assessment.pk, "S10"])).status_code == 404
    assert client.post(reverse("assessments:answer", args=[assessment.pk, "Z9"]), {}).status_code == 404


def test_staff_keep_their_navigation_on_the_help_page(client: Client, officer: User, owner: User) -> None:
    help_page = reverse("help")
    assert "lz-rail" in sign_in(client, officer).get(help_page).content.decode()
    assert "lz-rail" not in sign_in(client, owner).get(help_page).content.decode()
