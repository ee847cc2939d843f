"""The home page, the languages, and how many queries pages cost."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from assessments.actions import messages as talking
from assessments.models import Answer, Assessment, Round, SectionAssignment
from benchmarks.models import Release
from companies.models import Company
from tests import factories
from tests.assessments.pages import sign_in
from tests.assessments.test_results import next_round
from tests.markup import in_one_line

HAN = re.compile(r"[\u4e00-\u9fff]")
PAGES = ("home", "questions", "check", "scoring", "result")


def home(client: Client, assessment: Assessment) -> str:
    return client.get(reverse("assessments:home", args=[assessment.pk])).content.decode()


def test_home_starts_with_nothing_started(client: Client, assessment: Assessment, owner: User) -> None:
    text = home(sign_in(client, owner), assessment)
    assert text.count("Not opened") == 9
    assert "0 of 60 questions" in text
    assert "Cannot start yet" in text


@pytest.mark.parametrize(("language", "due"), [("en", "Due 5 Mar 2027"), ("zh-hans", "2027年3月5日")])
def test_home_writes_the_deadline_as_the_language_does(
    client: Client, assessment: Assessment, owner: User, language: str, due: str
) -> None:
    Round.objects.update(deadline=datetime(2027, 3, 4, 17, tzinfo=UTC))
    assert due in home(sign_in(client, owner, language), assessment)


def test_new_messages_are_counted_in_the_menu_until_they_are_read(
    client: Client, assessment: Assessment, owner: User, officer: User
) -> None:
    talking.write_message(assessment=assessment, body="Please look at B1.", by=officer)
    questions = reverse("assessments:questions", args=[assessment.pk])
    assert "(1 new)" in sign_in(client, owner).get(questions).content.decode()
    client.get(reverse("assessments:messages", args=[assessment.pk]))
    assert "new)" not in client.get(questions).content.decode()


def test_later_is_started_but_does_not_count(client: Client, assessment: Assessment, owner: User) -> None:
    sign_in(client, owner)
    url = reverse("assessments:answer", args=[assessment.pk, "B1"])
    client.post(url, {"B1": ["later"], "B1-revision": "0"}, headers={"HX-Request": "true"})
    text = home(client, assessment)
    assert text.count("In progress") == 1
    assert "0 of 60 questions" in text


def test_home_names_who_is_asked_to_answer(
    client: Client, assessment: Assessment, owner: User, colleague: User
) -> None:
    SectionAssignment.objects.create(assessment=assessment, section="S2", user=colleague, assigned_by=owner)
    text = home(sign_in(client, colleague), assessment)
    assert text.count("Not assigned") == 8
    assert "Machines, networks and systems, question 1 of 6" in text


def test_home_with_all_answered_leads_the_owner_to_the_check(
    client: Client, answered: Assessment, owner: User
) -> None:
    assert "Check your answers and submit" in home(sign_in(client, owner), answered)


def test_home_with_all_answered_tells_a_colleague_who_submits(
    client: Client, answered: Assessment, colleague: User
) -> None:
    assert "Alice can submit for the company." in home(sign_in(client, colleague), answered)


@pytest.mark.parametrize(("language", "wanted"), [("en", "Your next step"), ("zh-hans", "您的下一步")])
def test_home_in_both_languages(
    client: Client, assessment: Assessment, owner: User, language: str, wanted: str
) -> None:
    assert wanted in home(sign_in(client, owner, language), assessment)


@pytest.mark.parametrize("name", [*PAGES, "section"])
def test_english_pages_hold_no_chinese_but_names(
    client: Client, scored: Assessment, owner: User, name: str
) -> None:
    scored.company.name = "Testing Company"
    scored.company.save()
    arguments: list[Any] = [scored.pk, "S5"] if name == "section" else [scored.pk]
    text = sign_in(client, owner).get(reverse(f"assessments:{name}", args=arguments)).content.decode()
    body = text.partition("<main")[2].partition("</main>")[0]
    # The ministry's notice is named as it is written.
    assert not HAN.search(re.sub(r"工信厅企业〔2024〕56号", "", body))


def counted(client: Client, url: str, django_assert_max_num_queries: Any, limit: int) -> int:
    """The queries of a page, the fewer of two visits: now and then one also renews the session or fills a cache."""
    counts = []
    for _ in range(2):
        with django_assert_max_num_queries(limit) as captured:
            assert client.get(url).status_code == 200
        counts.append(len(captured))
    return min(counts)


@pytest.mark.parametrize(("name", "limit"), [("home", 19), ("section", 16), ("result", 21), ("check", 16)])
def test_queries_do_not_grow_with_people_answers_and_rounds(
    client: Client,
    scored: Assessment,
    company: Company,
    owner: User,
    release: Release,
    django_assert_max_num_queries: Any,
    name: str,
    limit: int,
) -> None:
    sign_in(client, owner)
    later = next_round(company, owner, release, factories.full_answers(1))
    arguments: list[Any] = [later.pk, "S2"] if name == "section" else [later.pk]
    url = reverse(f"assessments:{name}", args=arguments)
    Answer.objects.filter(assessment=later).exclude(item="B1").delete()
    client.get(url)
    few = counted(client, url, django_assert_max_num_queries, limit)
    for number in range(4):
        colleague = factories.make_member(company, f"Person {number}", Role.MEMBER)
        SectionAssignment.objects.create(
            assessment=later, section=f"D{number + 1}", user=colleague, assigned_by=owner
        )
    Answer.objects.filter(assessment=later).delete()
    factories.store_answers(later, by=owner)
    assert counted(client, url, django_assert_max_num_queries, limit) == few


def test_printed_questions_number_their_options_as_the_page_does(
    client: Client, assessment: Assessment, owner: User
) -> None:
    """And on paper no tick clears another."""
    page = sign_in(client, owner).get(reverse("assessments:questions", args=[assessment.pk]))
    text = in_one_line(page.content.decode())
    assert "<strong>2 Plan in place</strong>" in text
    assert "<strong>None of these</strong>" in text
    assert "clears the other ticks" not in text
