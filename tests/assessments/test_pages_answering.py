"""Filling in: saving one answer from a script, and a whole section from a plain form."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from assessments.models import Answer, Assessment
from tests.assessments.pages import section_form, sign_in
from tests.markup import in_one_line

SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def alice(client: Client, owner: User) -> Client:
    return sign_in(client, owner)


def answer_url(assessment: Assessment, item: str) -> str:
    return reverse("assessments:answer", args=[assessment.pk, item])


def section_url(assessment: Assessment, code: str = "S2") -> str:
    return reverse("assessments:section", args=[assessment.pk, code])


def test_answer_is_saved_as_it_is_given(alice: Client, assessment: Assessment, owner: User) -> None:
    response = alice.post(
        answer_url(assessment, "B1"), {"B1": ["B", "C"], "B1-revision": "0"}, headers=SCRIPT
    )
    assert response.status_code == 200
    assert response.headers["X-Answer"] == "saved"
    assert 'name="B1-revision" value="1"' in in_one_line(response.content.decode())
    stored = Answer.objects.get()
    assert (stored.value, stored.answered_by) == (["B", "C"], owner)


def test_unticking_all_leaves_the_question_open(alice: Client, assessment: Assessment) -> None:
    alice.post(answer_url(assessment, "B1"), {"B1": ["B"], "B1-revision": "0"}, headers=SCRIPT)
    alice.post(answer_url(assessment, "B1"), {"B1-revision": "1"}, headers=SCRIPT)
    stored = Answer.objects.get()
    assert (stored.state, stored.value, stored.revision) == (None, None, 2)


def test_figures_are_kept_as_typed_without_an_answer(alice: Client, assessment: Assessment) -> None:
    fields = {"B2-machines_total": "sixty", "B2-machines_digital": "20", "B2-revision": "0"}
    assert alice.post(answer_url(assessment, "B2"), fields, headers=SCRIPT).status_code == 200
    assert Answer.objects.get().figures == {"machines_total": "sixty", "machines_digital": "20"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("１２０", "120"), ("1,200.5", "1200.5"), ("１，２００", "1200"), (" 60 ", "60"), ("1,2", "1,2")],
)
def test_figures_are_read_as_people_write_them(
    alice: Client, assessment: Assessment, typed: str, kept: str
) -> None:
    fields = {"B2-machines_total": typed, "B2-revision": "0"}
    assert alice.post(answer_url(assessment, "B2"), fields, headers=SCRIPT).status_code == 200
    assert Answer.objects.get().figures["machines_total"] == kept


def test_figures_that_do_not_fit_are_said_but_saved(alice: Client, assessment: Assessment) -> None:
    fields = {"B2": "E", "B2-machines_total": "68", "B2-machines_digital": "22", "B2-revision": "0"}
    response = alice.post(answer_url(assessment, "B2"), fields, headers=SCRIPT)
    assert response.headers["X-Answer"] == "saved"
    assert "an assessor will see both" in response.content.decode()
    assert Answer.objects.get().value == "E"


def test_stale_answer_shows_both_values(alice: Client, assessment: Assessment, colleague: User) -> None:
    bob = sign_in(Client(), colleague)
    bob.post(answer_url(assessment, "B5"), {"B5": "D", "B5-revision": "0"}, headers=SCRIPT)
    bob.post(answer_url(assessment, "B5"), {"B5": "E", "B5-revision": "1"}, headers=SCRIPT)
    response = alice.post(answer_url(assessment, "B5"), {"B5": "C", "B5-revision": "1"}, headers=SCRIPT)
    page = response.content.decode()
    assert response.status_code == 409
    assert response.headers["X-Answer"] == "conflict"
    assert "Bob changed this answer" in page
    assert page.count("Keep what is on this page") == page.count("Take what is saved") == 1
    assert Answer.objects.get().value == "E"


def test_keeping_mine_after_a_conflict_replaces_theirs(
    alice: Client, assessment: Assessment, colleague: User
) -> None:
    bob = sign_in(Client(), colleague)
    bob.post(answer_url(assessment, "B5"), {"B5": "D", "B5-revision": "0"}, headers=SCRIPT)
    fields = {"B5": "C", "B5-revision": "1", "whole": "1"}
    response = alice.post(answer_url(assessment, "B5"), fields, headers=SCRIPT)
    assert 'id="B5"' in response.content.decode()
    assert Answer.objects.get().value == "C"


def test_the_same_change_sent_twice_is_saved_once(alice: Client, assessment: Assessment) -> None:
    for _attempt in range(2):
        response = alice.post(answer_url(assessment, "B5"), {"B5": "C", "B5-revision": "0"}, headers=SCRIPT)
        assert response.headers["X-Answer"] == "saved"
    assert Answer.objects.get().revision == 1


@pytest.mark.parametrize(
    ("item", "fields"),
    [
        ("B1", {"B1": ["A", "B"]}),
        ("B1", {"B1": ["B", "dont_know"]}),
        ("B1", {"B1": ["Q"]}),
        ("B5", {"B5": ["B", "C"]}),
        ("C01", {"C01": "5"}),
        ("B5", {"B5": "not_applicable"}),
        ("B5", {"B5": "B", "B5-comment": "a" * 2_001}),
    ],
)
def test_answers_that_do_not_exist_are_refused(
    alice: Client, assessment: Assessment, item: str, fields: dict[str, object]
) -> None:
    fields |= {f"{item}-revision": "0"}
    response = alice.post(answer_url(assessment, item), fields, headers=SCRIPT)
    assert (response.status_code, response.headers["X-Answer"]) == (422, "refused")
    assert not Answer.objects.exists()


@pytest.mark.parametrize("revision", [{}, {"B5-revision": ""}, {"B5-revision": "x"}, {"B5-revision": "-1"}])
def test_request_without_a_revision_is_not_taken_for_a_slower_colleague(
    alice: Client, colleague: User, assessment: Assessment, revision: dict[str, str]
) -> None:
    sign_in(Client(), colleague).post(
        answer_url(assessment, "B5"), {"B5": "D", "B5-revision": "0"}, headers=SCRIPT
    )
    response = alice.post(answer_url(assessment, "B5"), {"B5": "B"} | revision, headers=SCRIPT)
    assert (response.status_code, response.headers["X-Answer"]) == (400, "refused")
    assert "Nothing was saved" in response.content.decode()
    assert Answer.objects.get().value == "D"


def test_script_without_a_session_is_told_so(client: Client, assessment: Assessment) -> None:
    response = client.post(answer_url(assessment, "B5"), {"B5": "B"}, headers=SCRIPT)
    assert (response.status_code, response.headers["X-Answer"]) == (401, "signed-out")


def test_closed_round_takes_no_answer(alice: Client, assessment: Assessment) -> None:
    assessment.round.frozen_at = timezone.now() - timedelta(minutes=1)
    assessment.round.save()
    response = alice.post(answer_url(assessment, "B5"), {"B5": "B", "B5-revision": "0"}, headers=SCRIPT)
    assert (response.status_code, response.headers["X-Answer"]) == (403, "closed")
    assert alice.post(section_url(assessment), section_form(assessment, "S2", B1=["B"])).status_code == 422
    assert not Answer.objects.exists()


def test_plain_form_saves_the_section_and_goes_on(alice: Client, assessment: Assessment) -> None:
    form = section_form(assessment, "S2", B1=["B"], B2="C", B2__machines_total="68", X5="not_applicable")
    response = alice.post(section_url(assessment), form)
    assert response.status_code == 302
    assert response.headers["Location"] == section_url(assessment, "S3")
    stored = {answer.item: answer for answer in Answer.objects.all()}
    assert set(stored) == {"B1", "B2", "X5"}
    assert stored["X5"].reason == ""


def test_plain_form_of_the_last_section_leads_to_the_check(alice: Client, assessment: Assessment) -> None:
    response = alice.post(section_url(assessment, "S9"), section_form(assessment, "S9"))
    assert response.headers["Location"].startswith(reverse("assessments:check", args=[assessment.pk]))


def test_plain_form_that_came_from_the_check_goes_back(alice: Client, answered: Assessment) -> None:
    response = alice.post(section_url(answered), section_form(answered, "S2") | {"from": "check"})
    assert response.headers["Location"] == reverse("assessments:check", args=[answered.pk]) + "#S2"


def test_plain_form_without_changes_writes_nothing(alice: Client, answered: Assessment) -> None:
    alice.post(section_url(answered), section_form(answered, "S2"))
    assert set(answered.answers.values_list("revision", flat=True)) == {1}


def test_plain_form_with_an_unknown_option_stores_nothing(alice: Client, assessment: Assessment) -> None:
    response = alice.post(section_url(assessment), section_form(assessment, "S2", B1=["B"], B2="Q"))
    assert response.status_code == 422
    assert "This option does not exist" in response.content.decode()
    assert not Answer.objects.exists()


def test_stale_plain_form_saves_the_rest_and_shows_the_conflict(
    alice: Client, assessment: Assessment, colleague: User
) -> None:
    form = section_form(assessment, "S2", B1=["B"], B2="C")
    bob = sign_in(Client(), colleague)
    bob.post(answer_url(assessment, "B1"), {"B1": ["C"], "B1-revision": "0"}, headers=SCRIPT)
    response = alice.post(section_url(assessment), form)
    assert response.status_code == 409
    assert "A colleague was faster" in response.content.decode()
    stored = {answer.item: answer.value for answer in Answer.objects.all()}
    assert stored == {"B1": ["C"], "B2": "C"}
    kept = alice.post(answer_url(assessment, "B1"), {"B1": ["B"], "B1-revision": "1"})
    assert kept.headers["Location"] == section_url(assessment) + "#B1"
    assert Answer.objects.get(item="B1").value == ["B"]


def test_last_rounds_answer_is_marked_and_never_chosen(
    alice: Client, scored: Assessment, programme: object
) -> None:
    scored.round.opens_at -= timedelta(days=200)
    scored.round.save()
    following = scored.round
    following.pk, following.code = None, "T1"
    following._state.adding = True
    following.opens_at += timedelta(days=200)
    following.save()
    later = Assessment.objects.create(company=scored.company, round=following)
    page = in_one_line(alice.get(section_url(later, "S5")).content.decode())
    assert "Round T0" in page
    assert " checked>" not in page.replace('id="shortcuts" checked', "")
