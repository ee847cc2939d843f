"""Messages between a company and the bureau."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Notice, User
from assessments.actions import messages as talking
from assessments.models import Assessment, Message, MessageSide, Thread
from assessments.notifications.conversation import count_unread_messages, list_threads
from audit.models import AuditEvent
from companies.models import Programme
from tests import factories
from tests.assessments.pages import sign_in


def page_of(assessment: Assessment) -> str:
    return reverse("assessments:messages", args=[assessment.pk])


def test_company_asks_and_the_bureau_answers(
    client: Client, assessment: Assessment, owner: User, officer: User
) -> None:
    sign_in(client, owner).post(page_of(assessment), {"body": "May we count\r\nrented machines? <b>"})

    assert Thread.objects.get().waits_for == MessageSide.BUREAU
    assert Notice.objects.get().user == officer
    page = sign_in(client, officer).get(page_of(assessment)).content.decode()
    assert 'maxlength="4000"' in page
    assert "May we count<br>rented machines? &lt;b&gt;" in page
    assert "New" in page
    client.post(page_of(assessment), {"body": "Yes, if they stand in your hall."})

    assert Thread.objects.get().waits_for == MessageSide.COMPANY
    assert set(Notice.objects.values_list("user", flat=True)) == {owner.pk, officer.pk}
    assert [event.action for event in AuditEvent.objects.order_by("at")] == ["message.written"] * 2


def test_unread_messages_are_counted_until_the_page_is_opened(
    client: Client, assessment: Assessment, owner: User, colleague: User, officer: User
) -> None:
    for words in ("one", "two"):
        talking.write_message(assessment=assessment, body=words, by=officer)
    home = reverse("assessments:home", args=[assessment.pk])

    assert "2 new messages" in sign_in(client, owner).get(home).content.decode()
    client.get(page_of(assessment))

    assert "new messages" not in client.get(home).content.decode()
    assert count_unread_messages(assessment, colleague, MessageSide.COMPANY) == 2
    assert count_unread_messages(assessment, officer, MessageSide.BUREAU) == 0


@pytest.mark.parametrize("body", ["", "  \r\n ", "x" * 4001])
def test_empty_or_endless_message_is_refused_and_kept_in_the_field(
    client: Client, assessment: Assessment, owner: User, body: str
) -> None:
    response = sign_in(client, owner).post(page_of(assessment), {"body": body})

    assert response.status_code == 422
    assert body.strip()[:50] in response.content.decode()
    assert not Message.objects.exists()


def test_sender_withdraws_within_ten_minutes(client: Client, assessment: Assessment, owner: User) -> None:
    message = talking.write_message(assessment=assessment, body="by mistake", by=owner)

    page = (
        sign_in(client, owner)
        .post(reverse("assessments:withdraw_message", args=[message.pk]), follow=True)
        .content.decode()
    )

    assert "withdrawn by its sender" in page
    assert "by mistake" not in page
    message.refresh_from_db()
    assert message.body == ""
    assert Thread.objects.get().waits_for == ""


def test_nobody_withdraws_later_or_for_another(
    client: Client, assessment: Assessment, owner: User, colleague: User
) -> None:
    message = talking.write_message(assessment=assessment, body="stays", by=owner)
    address = reverse("assessments:withdraw_message", args=[message.pk])
    sign_in(client, colleague).post(address)
    Message.objects.update(written_at=timezone.now() - timedelta(minutes=11))
    sign_in(client, owner).post(address)

    assert Message.objects.get().body == "stays"


@pytest.mark.parametrize(
    ("person", "reading", "writing"),
    [
        ("colleague", 200, 302),
        ("county_reviewer", 200, 302),
        ("assessor", 200, 302),
        ("auditor", 200, 403),
        ("provider", 403, 403),
        ("administrator", 403, 403),
        ("stranger", 404, 404),
    ],
)
def test_who_reads_and_writes(
    request: pytest.FixtureRequest,
    client: Client,
    assessment: Assessment,
    person: str,
    reading: int,
    writing: int,
) -> None:
    sign_in(client, request.getfixturevalue(person))

    assert client.get(page_of(assessment)).status_code == reading
    assert client.post(page_of(assessment), {"body": "hello"}).status_code == writing


def test_list_shows_who_waits_longest_first(
    client: Client,
    programme: Programme,
    assessment: Assessment,
    owner: User,
    officer: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in (2, 3, 4):
        company = factories.make_company(programme, number=number)
        other = factories.make_assessment(company, assessment.round)
        talking.write_message(
            assessment=other, body=f"question {number}", by=factories.make_member(company, f"M{number}")
        )
    talking.write_message(assessment=assessment, body="mine", by=owner)
    talking.write_message(assessment=assessment, body="answered", by=officer)

    waiting = list(list_threads(officer, MessageSide.BUREAU))
    assert [(thread.last_words, thread.unread) for thread in waiting] == [  # type: ignore[attr-defined]
        (f"question {number}", 1) for number in (2, 3, 4)
    ]
    sign_in(client, officer)
    with django_assert_max_num_queries(14):
        page = client.get(reverse("cohort:messages")).content.decode()
    assert "3 companies wait for an answer." in page
    assert page.index("question 2") < page.index("question 4") < page.index("answered")


def test_message_that_needs_no_answer_is_settled(
    client: Client, assessment: Assessment, owner: User, officer: User
) -> None:
    talking.write_message(assessment=assessment, body="Thank you!", by=owner)
    address = reverse("assessments:settle_messages", args=[assessment.pk])
    sign_in(client, owner).post(address)
    assert Thread.objects.get().waits_for == MessageSide.BUREAU

    sign_in(client, officer).post(address)
    client.post(address)

    assert Thread.objects.get().waits_for == ""
    assert AuditEvent.objects.filter(action="message.settled").count() == 1


def test_conversation_stands_in_the_company_file(
    client: Client, assessment: Assessment, owner: User, officer: User
) -> None:
    talking.write_message(assessment=assessment, body="When will you come?", by=owner)
    sign_in(client, officer)
    here = [assessment.company_id]
    tabs = client.get(reverse("cohort:company", args=here)).context["tabs"]
    assert [tab.new for tab in tabs if tab.code == "messages"] == [1]
    page = reverse("cohort:company_messages", args=here)

    shown = client.get(page)

    assert "When will you come?" in shown.content.decode()
    assert count_unread_messages(assessment, officer, MessageSide.BUREAU) == 0
    assert [tab.new for tab in client.get(page).context["tabs"] if tab.code == "messages"] == [0]
    address = reverse("assessments:messages", args=[assessment.pk])
    answered = client.post(address, {"body": "On Monday.", "next": shown.context["back"]})
    message = Message.objects.get(body="On Monday.")
    assert answered["Location"] == f"{page}?round={assessment.round.code}#m-{message.pk}"
    away = client.post(address, {"body": "Or Tuesday.", "next": "//elsewhere.example/"})
    assert away["Location"].startswith(address)


def test_file_shows_the_conversation_of_the_round_asked_for(
    client: Client, assessment: Assessment, officer: User
) -> None:
    other = factories.make_assessment(
        assessment.company, factories.make_round(assessment.round.programme, "T1")
    )
    talking.write_message(assessment=assessment, body="Of the first round", by=officer)
    page = reverse("cohort:company_messages", args=[assessment.company_id])
    sign_in(client, officer)

    # The latest in which something was said comes first.
    assert "Of the first round" in client.get(page).content.decode()
    assert "Of the first round" not in client.get(f"{page}?round={other.round.code}").content.decode()
