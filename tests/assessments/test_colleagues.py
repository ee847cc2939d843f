"""Inviting by link, joining, handing over sections, and who answered what."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice, NoticeKind, User
from accounts.roles import Role
from assessments.actions import answers
from assessments.models import Assessment, SectionAssignment
from audit.models import AuditEvent
from companies import bounces, invitations
from companies.invitations import NotInvitedError
from companies.models import Company, Invitation, Membership
from companies.permissions import Forbidden, permissions_in_company
from instrument import AnswerState, ItemAnswer
from tests import factories
from tests.assessments.pages import sign_in

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-enough-password"


def colleagues_url(assessment: Assessment) -> str:
    return reverse("assessments:colleagues", args=[assessment.pk])


def invited(client: Client, assessment: Assessment, **form: str) -> str:
    """Invite through the page; the path of the link that it shows."""
    response = client.post(colleagues_url(assessment), {"name": "Dora", "role": "member", **form})
    assert response.status_code == 200, response.content.decode()
    shown = re.search(r"(/join/[\w-]+/)", response.content.decode())
    assert shown is not None
    return shown.group(1)


def test_newcomer_joins_by_link_and_finds_the_section_handed_over(
    client: Client, assessment: Assessment, owner: User
) -> None:
    link = invited(sign_in(client, owner), assessment, section="S3", email="dora@example.test")
    assert link in mail.outbox[0].body
    assert link.split("/")[2] not in Invitation.objects.get().digest
    newcomer = Client()
    account = {"name": "Dora", "email": "dora@example.test", "password": PASSWORD}

    assert newcomer.get(link).status_code == 200
    response = newcomer.post(link, account)

    assert response.headers["Location"] == reverse("assessments:section", args=[assessment.pk, "S3"])
    dora = User.objects.get(email="dora@example.test")
    assert Membership.objects.get(user=dora).role == Role.MEMBER
    assert SectionAssignment.objects.get().user == dora
    # At the first sign-in the text about personal data stands before the section, and leads on to it.
    gate = newcomer.get(response.headers["Location"])
    assert gate.headers["Location"].startswith(reverse("accounts:purpose"))
    assert quote(response.headers["Location"], safe="") in gate.headers["Location"]
    assert Client().get(link).status_code == 410
    assert Client().post(link, account | {"email": "eve@example.test"}).status_code == 410
    page = client.get(colleagues_url(assessment)).content.decode()
    assert "Accepted" in page
    assert link not in page


def test_person_with_an_account_accepts_with_one_click(
    client: Client, assessment: Assessment, owner: User, stranger: User
) -> None:
    until = (timezone.localdate() + timedelta(days=30)).isoformat()
    link = invited(sign_in(client, owner), assessment, role="delegate", until=until)
    other = sign_in(Client(), stranger)

    assert stranger.email in other.get(link).content.decode()
    assert other.post(link).status_code == 302

    held = Membership.objects.get(user=stranger, company=assessment.company)
    assert held.role == Role.DELEGATE
    assert held.expires_at is not None
    assert (held.expires_at - timezone.now()).days in (30, 31)


def test_link_that_was_withdrawn_or_ran_out_opens_nothing(
    client: Client, assessment: Assessment, owner: User, stranger: User
) -> None:
    sign_in(client, owner)
    first, second = invited(client, assessment), invited(client, assessment)
    last, before = Invitation.objects.all()
    client.post(reverse("assessments:revoke_invitation", args=[before.pk]))
    Invitation.objects.filter(pk=last.pk).update(expires_at=timezone.now())

    other = sign_in(Client(), stranger)
    for link in (first, second):
        assert other.get(link).status_code == 410
        assert other.post(link).status_code == 410
    assert not Membership.objects.filter(user=stranger, company=assessment.company).exists()
    page = client.get(colleagues_url(assessment)).content.decode()
    assert "Withdrawn" in page
    assert "Expired" in page


@pytest.mark.parametrize(
    ("role", "days", "field"),
    [(Role.DELEGATE, None, "until"), (Role.PROVIDER, 500, "until"), (Role.OWNER, None, "role")],
)
def test_invitation_that_would_give_too_much_is_refused(
    company: Company, owner: User, role: Role, days: int | None, field: str
) -> None:
    until = None if days is None else timezone.now() + timedelta(days=days)
    with pytest.raises(NotInvitedError) as caught:
        invitations.invite(company=company, name="Dora", role=role, role_expires_at=until, by=owner)
    assert caught.value.field == field
    assert not Invitation.objects.exists()


def test_delegate_gives_no_role_for_longer_than_the_own_one(company: Company) -> None:
    delegate = factories.make_user("Dan")
    end = timezone.now() + timedelta(days=10)
    Membership.objects.create(user=delegate, company=company, role=Role.DELEGATE.value, expires_at=end)
    with pytest.raises(NotInvitedError):
        invitations.invite(
            company=company,
            name="Eve",
            role=Role.PROVIDER,
            role_expires_at=end + timedelta(days=1),
            by=delegate,
        )


def test_link_of_somebody_who_may_no_longer_invite_opens_nothing(
    company: Company, owner: User, stranger: User
) -> None:
    invitation, _token = invitations.invite(company=company, name="Dora", role=Role.MEMBER, by=owner)
    Membership.objects.filter(user=owner).update(role=Role.MEMBER.value)
    with pytest.raises(NotInvitedError):
        invitations.accept(invitation=invitation, user=stranger)


def test_member_neither_invites_nor_hands_out(
    client: Client, assessment: Assessment, colleague: User
) -> None:
    sign_in(client, colleague)
    assert client.get(colleagues_url(assessment)).status_code == 200
    assert client.post(colleagues_url(assessment), {"name": "Dora", "role": "member"}).status_code == 403
    assign = reverse("assessments:assign", args=[assessment.pk, "S2"])
    assert client.post(assign, {"user": str(colleague.pk)}).status_code == 403
    with pytest.raises(Forbidden):
        invitations.invite(company=assessment.company, name="Dora", role=Role.MEMBER, by=colleague)


def test_section_is_handed_to_a_colleague_and_taken_back(
    client: Client, assessment: Assessment, owner: User, colleague: User, stranger: User
) -> None:
    sign_in(client, owner)
    assign = reverse("assessments:assign", args=[assessment.pk, "S2"])
    page = client.post(assign, {"user": str(colleague.pk)}, follow=True).content.decode()
    assert f"{colleague.name} is asked to answer" in page
    assert SectionAssignment.objects.get().user == colleague
    notice = Notice.objects.get()
    assert (notice.user, notice.kind) == (colleague, NoticeKind.SECTION_ASSIGNED)
    assert notice.link == reverse("assessments:section", args=[assessment.pk, "S2"])
    client.post(assign, {"user": str(stranger.pk)})
    assert SectionAssignment.objects.get().user == colleague
    assert Notice.objects.filter_unread().exists()
    client.post(assign, {"user": ""})
    assert not SectionAssignment.objects.exists()
    assert not Notice.objects.filter_unread().exists()
    assert AuditEvent.objects.filter(action="section.assigned").count() == 2


def test_ended_access_is_gone_at_once(
    client: Client, assessment: Assessment, owner: User, colleague: User
) -> None:
    member = Membership.objects.get(user=colleague)
    end = reverse("assessments:end_access", args=[assessment.pk, member.pk])
    assert sign_in(Client(), colleague).post(end).status_code == 403
    sign_in(client, owner).post(end)
    assert permissions_in_company(colleague, assessment.company) == frozenset()
    own = Membership.objects.get(user=owner)
    client.post(reverse("assessments:end_access", args=[assessment.pk, own.pk]))
    assert permissions_in_company(owner, assessment.company)


def test_history_says_who_answered_what(
    client: Client, assessment: Assessment, owner: User, colleague: User
) -> None:
    for revision, (value, by) in enumerate([("B", owner), ("D", colleague)]):
        answers.save_answer(
            assessment=assessment,
            item="B5",
            answer=ItemAnswer(AnswerState.ANSWERED, value=value, comment=f"comment {value}"),
            revision=revision,
            by=by,
        )
    page = sign_in(client, owner).get(reverse("assessments:changes", args=[assessment.pk, "B5"]))
    text = page.content.decode()
    assert text.index("comment D") < text.index("comment B")
    assert "Alice" in text
    assert "Bob" in text


def test_opened_section_differs_from_one_that_nobody_has_seen(
    client: Client, assessment: Assessment, owner: User
) -> None:
    sign_in(client, owner).get(reverse("assessments:section", args=[assessment.pk, "S2"]))
    page = client.get(reverse("assessments:home", args=[assessment.pk])).content.decode()
    assert (page.count("Not opened"), page.count("Not started")) == (8, 1)


def test_letter_that_does_not_arrive_is_shown_to_whoever_invited(
    client: Client, assessment: Assessment, owner: User, colleague: User
) -> None:
    invited(sign_in(client, owner), assessment, email="dora@example.test")
    bounces.note_bounce(bounces.Bounce("dora@example.test", "550 no such mailbox"))
    bounces.note_bounce(bounces.Bounce(colleague.email, "552 mailbox full"))

    page = client.get(colleagues_url(assessment)).content.decode()
    assert "The e-mail did not arrive" in page
    assert "550 no such mailbox" in page
    assert "E-mails have not arrived since" in page
    assert "552 mailbox full" not in page
    assert (
        "E-mails have not" not in sign_in(client, colleague).get(colleagues_url(assessment)).content.decode()
    )


def test_link_that_the_mail_server_refuses_is_marked(
    client: Client, assessment: Assessment, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(**details: object) -> None:
        raise ConnectionRefusedError("no mail server")

    monkeypatch.setattr("assessments.views.colleagues.send_company_link", refused)
    invited(sign_in(client, owner), assessment, email="dora@example.test")
    assert Invitation.objects.get().letter_problem == "ConnectionRefusedError: no mail server"


def test_accepting_tells_the_person_which_role(
    client: Client, assessment: Assessment, owner: User, stranger: User
) -> None:
    link = invited(sign_in(client, owner), assessment)
    sign_in(Client(), stranger).post(link)
    notice = Notice.objects.get(user=stranger)
    assert notice.kind == NoticeKind.ROLE_GRANTED
    page = sign_in(Client(), stranger).get(reverse("accounts:notices")).content.decode()
    assert f"You now have a role in {assessment.company}" in page


def test_member_gives_up_access_and_the_sections_held(
    client: Client, assessment: Assessment, owner: User, colleague: User
) -> None:
    SectionAssignment.objects.create(assessment=assessment, section="S2", user=colleague)
    leave = reverse("assessments:leave", args=[assessment.pk])
    sign_in(client, colleague)
    assert f"Leave {assessment.company}?" in client.get(leave).content.decode()
    assert permissions_in_company(colleague, assessment.company)
    assert "no access" in client.post(leave, follow=True).content.decode()

    assert not permissions_in_company(colleague, assessment.company)
    assert not SectionAssignment.objects.exists()
    assert AuditEvent.objects.get(action="role.ended").by == colleague
    assert client.get(leave).status_code == 404
    kept = sign_in(Client(), owner).post(leave)
    assert kept.status_code == 422
    assert "An owner cannot leave" in kept.content.decode()
    assert permissions_in_company(owner, assessment.company)


def test_history_sets_figures_as_each_language_does(
    client: Client, assessment: Assessment, owner: User
) -> None:
    answer = ItemAnswer(AnswerState.ANSWERED, value="A", figures={"digital_spend_wan": "201.91"})
    answers.save_answer(assessment=assessment, item="G4", answer=answer, revision=0, by=owner)
    page = reverse("assessments:changes", args=[assessment.pk, "G4"])

    assert "201.91 × 10,000 yuan a year" in sign_in(client, owner).get(page).content.decode()
    chinese = sign_in(client, owner, "zh-hans").get(page).content.decode()
    assert "：201.91 万元/年" in chinese
    assert f"{owner.name}，" in chinese


def test_link_that_was_made_for_somebody_else_says_so_and_lets_accounts_be_changed(
    client: Client, assessment: Assessment, owner: User, stranger: User
) -> None:
    link = invited(sign_in(client, owner), assessment)
    other = sign_in(Client(), stranger)

    page = other.get(link).content.decode()
    assert "The link was made for Dora" in page
    assert "Use another account" in page
    assert other.post(reverse("account_logout"), {"next": link}).headers["Location"] == link

    # Who is in the company already is not offered what would be refused.
    own = client.get(link).content.decode()
    assert "Accept the invitation" not in own
    assert "You belong to this company already" in own


def test_link_opened_again_by_its_user_leads_on(
    client: Client, assessment: Assessment, owner: User, stranger: User
) -> None:
    link = invited(sign_in(client, owner), assessment)
    other = sign_in(Client(), stranger)
    other.post(link)

    again = other.get(link)

    assert again.status_code == 410
    assert "You have used this link" in again.content.decode()
    assert "You have used this link" not in Client().get(link).content.decode()


def test_letter_to_somebody_with_an_account_is_in_their_language(
    client: Client, assessment: Assessment, owner: User, stranger: User
) -> None:
    User.objects.filter(pk=stranger.pk).update(language="zh-hans")
    sign_in(client, owner)

    invited(client, assessment, email=stranger.email)
    invited(client, assessment, email="new@example.test")

    assert "邀请" in mail.outbox[0].subject
    assert "invites you" in mail.outbox[1].subject
    assert "Liuzhou AI Manufacturing Readiness" in mail.outbox[1].body
