"""Whoever opens a notice of an assessment comes to a page of it that is open to them, at each step of its way."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from accounts.models import Kind, Notice, User
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
    announcements.announce_invitation(assessment)
    announcements.announce_deadline(assessment)
    reminders.remind(assessments=[assessment], by=officer)
    sections.assign(assessment=assessment, section="S1", user=colleague, by=owner)

    assert opened(owner, colleague) == {Kind.INVITATION, Kind.DEADLINE, Kind.REMINDER, Kind.SECTION_ASSIGNED}


def test_from_the_result_to_the_acceptance(
    visit: Visit, owner: User, officer: User, assessor: User, second_assessor: User
) -> None:
    assessment = visit.assessment
    own = Submission.objects.get(assessment=assessment)
    announcements.announce_result([own.pk], is_synthetic=True)
    messages.write(assessment=assessment, body="When may we come?", by=officer)
    assert opened(owner) == {Kind.SCORED, Kind.MESSAGE}

    decide(visit, "C06", assessor, Decision.RETURNED, remark="Show the orders.")
    assert opened(owner) == {Kind.RETURNED}

    answers.save(assessment=assessment, item="C06", answer=level(3), revision=1, by=owner)
    submissions.submit(assessment=assessment, declared=True, by=owner)
    decide(visit, "C06", assessor, revision=1)
    accept_all(visit, assessor)
    visits.finish(visit=visit, by=assessor)
    assert opened(owner) == {Kind.VERIFIED}

    appeals.appeal(assessment=assessment, reasons={"C06": "All lines since May."}, by=owner)
    assert opened(second_assessor) == {Kind.APPEAL}

    again = visits.start(assessment=assessment, by=second_assessor)
    decide(again, "C06", second_assessor)
    visits.finish(visit=again, by=second_assessor)
    announcements.announce_acceptance(assessment)
    assert opened(owner) == {Kind.APPEAL_DECIDED, Kind.ACCEPTED}
