"""Whoever opens a notice of an assessment comes to a page of it that is open to them, at each step of its way."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from accounts.models import Notice, NoticeKind, User
from assessments.actions import answers, appeals, messages, reminders, sections, submissions, visits
from assessments.models import Assessment, Decision, Submission, Visit
from assessments.notifications import announcements
from tests.assessments.verification.conftest import accept_all
from tests.assessments.verification.test_visit import decide, level


def opened(*people: User) -> set[str]:
    """The kinds of the notices that these people did not open before; each has to lead to a page that answers 200."""
    kinds = set()
    for person in people:
        client = Client()
        client.force_login(person)
        for notice in Notice.objects.filter(user=person, read_at=None):
            page = client.post(reverse("accounts:notice", args=[notice.pk]), follow=True)
            assert page.status_code == 200, (notice.kind, page.redirect_chain)
            assert page.wsgi_request.path == notice.link.partition("?")[0]
            kinds.add(notice.kind)
    return kinds


def test_before_it_is_submitted(assessment: Assessment, owner: User, colleague: User, officer: User) -> None:
    announcements.notify_about_invitation(assessment)
    announcements.notify_about_deadline(assessment)
    reminders.remind_companies(assessments=[assessment], by=officer)
    sections.assign_section(assessment=assessment, section="S1", user=colleague, by=owner)

    assert opened(owner, colleague) == {
        NoticeKind.INVITATION,
        NoticeKind.DEADLINE,
        NoticeKind.REMINDER,
        NoticeKind.SECTION_ASSIGNED,
    }


def test_from_the_result_to_the_acceptance(
    visit: Visit, owner: User, officer: User, assessor: User, second_assessor: User
) -> None:
    assessment = visit.assessment
    own = Submission.objects.get(assessment=assessment)
    announcements.notify_about_result([own.pk], is_synthetic=True)
    messages.write_message(assessment=assessment, body="When may we come?", by=officer)
    assert opened(owner) == {NoticeKind.SCORED, NoticeKind.MESSAGE}

    decide(visit, "C06", assessor, Decision.RETURNED, remark="Show the orders.")
    assert opened(owner) == {NoticeKind.RETURNED}

    answers.save_answer(assessment=assessment, item="C06", answer=level(3), revision=1, by=owner)
    submissions.submit_answers(assessment=assessment, declared=True, by=owner)
    decide(visit, "C06", assessor, revision=1)
    accept_all(visit, assessor)
    visits.finish_visit(visit=visit, by=assessor)
    assert opened(owner) == {NoticeKind.VERIFIED}

    appeals.raise_appeal(assessment=assessment, reasons={"C06": "All lines since May."}, by=owner)
    assert opened(second_assessor) == {NoticeKind.APPEAL}

    again = visits.start_visit(assessment=assessment, by=second_assessor)
    decide(again, "C06", second_assessor)
    visits.finish_visit(visit=again, by=second_assessor)
    announcements.notify_about_acceptance(assessment)
    assert opened(owner) == {NoticeKind.APPEAL_DECIDED, NoticeKind.ACCEPTED}
