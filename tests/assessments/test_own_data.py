"""What people see, take along and delete of their own data."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.urls import reverse

from accounts.models import NoticeKind, User
from accounts.notices import notify
from accounts.roles import Role
from assessments.actions import evidence
from assessments.actions import messages as talking
from assessments.actions.leaving import NAME_OF_THE_ERASED
from assessments.models import Answer, Assessment, SectionAssignment
from audit.models import AuditEvent
from companies.invitations import invite
from companies.models import Company, Programme
from companies.permissions import has_represented, permissions_in_company
from tests import factories
from tests.assessments.files import PDF
from tests.browsers import browser_of
from tests.markup import in_one_line

pytestmark = pytest.mark.django_db
DELETE = "/account/data/delete/"


def test_person_sees_what_is_stored_and_nobody_elses(
    answered: Assessment, owner: User, stranger: User
) -> None:
    notify(user=owner, kind=NoticeKind.SAFETY, link="/", change="Something")

    own = browser_of(owner).get("/account/data/").content.decode()
    other = browser_of(stranger).get("/account/data/").content.decode()

    for text in (owner.email, answered.company.name, "Your account was changed", "Company owner", "Python"):
        assert (text in own) == (text != "Python")
    assert owner.email not in other
    assert answered.company.name not in other


def test_page_speaks_in_words_and_the_file_in_what_is_stored(owner: User) -> None:
    owner.muted_kinds = [NoticeKind.REMINDER.value]
    owner.save()
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    client = browser_of(owner, name=firefox)

    page = in_one_line(client.get("/account/data/").content.decode())
    data = client.post("/account/data/file/").json()

    for words in ("Signed in", "Firefox, Linux", "> English <", "Reminders before the deadline"):
        assert words in page
    for code in ("person.signed_in", "accounts.user", firefox, "> en <"):
        assert code not in page
    assert data["actions"][-1] == {
        **data["actions"][-1],
        "action": "person.signed_in",
        "subject_type": "accounts.user",
    }
    assert data["account"][0]["language"] == "en"


def test_file_holds_everything_and_taking_it_is_noted(answered: Assessment, owner: User) -> None:
    response = browser_of(owner).post("/account/data/file/")

    data = response.json()
    assert data["account"][0]["email"] == owner.email
    assert len(data["answers"]) == 60
    assert "value" not in data["answers"][0]
    assert "attachment" in response["Content-Disposition"]
    assert AuditEvent.objects.filter(action="personal_data.exported", by=owner).exists()


def test_file_holds_what_was_written_and_sent(answered: Assessment, owner: User, stranger: User) -> None:
    talking.write_message(assessment=answered, body="When does the assessor come?", by=owner)
    evidence.attach_file(assessment=answered, item="B1", name="bill.pdf", upload=BytesIO(PDF), by=owner)
    client = browser_of(owner)

    data = client.post("/account/data/file/").json()
    page = client.get("/account/data/").content.decode()

    assert [message["body"] for message in data["messages"]] == ["When does the assessor come?"]
    assert [(file["item"], file["name"]) for file in data["files"]] == [("B1", "bill.pdf")]
    assert "Messages that you wrote" in page
    assert "Files that you sent" in page
    other = browser_of(stranger).post("/account/data/file/").json()
    assert (other["messages"], other["files"]) == ([], [])


def test_only_owner_cannot_go_before_somebody_takes_over(company: Company, owner: User) -> None:
    client = browser_of(owner)
    assert company.name in client.get(DELETE).content.decode()

    response = client.post(DELETE, {"password": factories.PASSWORD})

    owner.refresh_from_db()
    assert response.status_code == 422
    assert owner.is_active


def test_only_administrator_cannot_go_either(programme: Programme, administrator: User) -> None:
    assert browser_of(administrator).post(DELETE, {"password": factories.PASSWORD}).status_code == 422


def test_wrong_password_deletes_nothing(company: Company, owner: User) -> None:
    factories.make_member(company, "Second")

    assert browser_of(owner).post(DELETE, {"password": "wrong"}).status_code == 422

    owner.refresh_from_db()
    assert owner.is_active


def test_deleted_person_leaves_the_work_without_a_name(
    answered: Assessment, company: Company, owner: User
) -> None:
    factories.make_member(company, "Second")
    SectionAssignment.objects.create(assessment=answered, section="S2", user=owner)
    notify(user=owner, kind=NoticeKind.SAFETY, link="/", change="Something")
    before = owner.email
    client, elsewhere = browser_of(owner), browser_of(owner)

    response = client.post(DELETE, {"password": factories.PASSWORD})

    owner.refresh_from_db()
    assert response["Location"] == reverse("start")
    assert (owner.name, owner.phone, owner.is_active) == (NAME_OF_THE_ERASED, "", False)
    assert before not in owner.email
    assert Answer.objects.filter(assessment=answered, answered_by=owner).count() == 60
    assert not owner.notices.exists()
    assert not SectionAssignment.objects.exists()
    assert elsewhere.get("/account/").status_code == 302
    assert permissions_in_company(owner, company) == frozenset()
    assert has_represented(owner, company)
    assert AuditEvent.objects.get(action="person.erased").by == owner
    assert "_auth_user_id" not in browser_of(owner).session


def test_name_goes_from_where_others_read_it(programme: Programme, company: Company, owner: User) -> None:
    factories.make_member(company, "Second")
    colleague = factories.make_member(company, "Bob", Role.MEMBER)
    elsewhere = factories.make_member(factories.make_company(programme, number=9), "Carol")
    invitation, _token = invite(
        company=company, name=owner.name, email=owner.email, role=Role.MEMBER, by=owner
    )
    for reader in (colleague, elsewhere):
        notify(
            user=reader,
            kind=NoticeKind.SECTION_ASSIGNED,
            link="/",
            company=company,
            by=owner.name,
            section="S2",
        )
    written = owner.name

    browser_of(owner).post(DELETE, {"password": factories.PASSWORD})

    invitation.refresh_from_db()
    assert (invitation.name, invitation.email) == (NAME_OF_THE_ERASED, "")
    assert colleague.notices.get(kind=NoticeKind.SECTION_ASSIGNED).parameters["by"] == NAME_OF_THE_ERASED
    # Somebody else of the same name has written there.
    assert elsewhere.notices.get(kind=NoticeKind.SECTION_ASSIGNED).parameters["by"] == written


def test_member_goes_without_more(company: Company, owner: User) -> None:
    member = factories.make_member(company, "Bob", Role.MEMBER)

    browser_of(member).post(DELETE, {"password": factories.PASSWORD})

    member.refresh_from_db()
    assert member.erased_at is not None
