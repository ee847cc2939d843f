"""Sections of the questionnaire: opened, handed to a colleague, confirmed as unchanged since the last round."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice, NoticeKind, User
from accounts.notices import notify
from accounts.roles import Permission, Role
from assessments.actions import answers
from assessments.answering.answer_sources import AnswerSource
from assessments.answering.queries import get_answers_by_item, get_previous_answers
from assessments.answering.revisions import get_revision
from assessments.audit_codes import AssessmentAuditCode
from assessments.models import Assessment, SectionAssignment, SectionOffer, SectionSeen
from assessments.models.answered import is_answered
from audit.record import record
from companies import invitations
from companies.models import Invitation, Membership
from companies.permissions import permissions_in_company, require
from instrument import Section, load_instrument


class NotAColleague(Exception):
    """A person who does not answer for the company."""


def mark_section_seen(*, assessment: Assessment, section: str, by: User) -> None:
    """Note that somebody of the company has opened a section; only the first time is kept."""
    SectionSeen.objects.get_or_create(assessment=assessment, section=section, defaults={"seen_by": by})


def assign_section(*, assessment: Assessment, section: str, user: User | None, by: User) -> bool:
    """Ask a colleague to answer a section, or nobody any more; return whether anything changed.

    Raises `Forbidden` or `NotAColleague`.
    """
    require(permissions_in_company(by, assessment.company), Permission.INVITE)
    if user is not None and Permission.ANSWER not in permissions_in_company(user, assessment.company):
        raise NotAColleague
    with transaction.atomic():
        held = SectionAssignment.objects.select_for_update().filter(assessment=assessment, section=section)
        present = held.first()
        if (present.user_id if present else None) == (user.pk if user else None):
            return False
        held.delete()
        if present is not None:
            _clear_assignment_notices(assessment, section, present.user_id)
        if user is not None:
            SectionAssignment.objects.create(
                assessment=assessment, section=section, user=user, assigned_by=by
            )
            if user != by:
                _notify_assignee(assessment, section, user, by)
        record(
            AssessmentAuditCode.SECTION_ASSIGNED,
            assessment,
            by=by,
            company_id=assessment.company_id,
            programme_id=assessment.round.programme_id,
            section=section,
            user=str(user.pk) if user else None,
        )
    return True


def _notify_assignee(assessment: Assessment, section: str, user: User, by: User) -> None:
    """Tell a person that a section was handed to them."""
    notify(
        user=user,
        kind=NoticeKind.SECTION_ASSIGNED,
        link=reverse("assessments:section", args=[assessment.pk, section]),
        company=assessment.company,
        section=load_instrument(assessment.round.instrument_version).get_section(section).name,
        by=by.name,
    )


def _clear_assignment_notices(assessment: Assessment, section: str, user_id: UUID) -> None:
    """Mark what told a person of a section as read: there is nothing left for them to do."""
    link = reverse("assessments:section", args=[assessment.pk, section])
    told = Notice.objects.filter_unread().filter(user=user_id, kind=NoticeKind.SECTION_ASSIGNED, link=link)
    told.update(read_at=timezone.now())


@transaction.atomic
def invite_colleague(
    *,
    assessment: Assessment,
    name: str,
    email: str,
    role: Role,
    role_expires_at: datetime | None,
    section: str,
    by: User,
) -> tuple[Invitation, str]:
    """Make a link to the company, and hand a section to whoever accepts it; return it and its token.

    Raises `NotInvitedError` or `Forbidden`.
    """
    invitation, token = invitations.invite(
        company=assessment.company, name=name, email=email, role=role, role_expires_at=role_expires_at, by=by
    )
    # A provider's values stand apart from the company's answers, so that no section is waiting for it.
    if section and role is not Role.PROVIDER:
        SectionOffer.objects.create(
            invitation=invitation,
            assessment=assessment,
            section=load_instrument(assessment.round.instrument_version).get_section(section).code,
        )
    return invitation, token


@transaction.atomic
def take_up_invitation(*, invitation: Invitation, user: User) -> Membership:
    """Accept an invitation, with the section that goes with it. Raises `NotInvitedError`."""
    membership = invitations.accept(invitation=invitation, user=user)
    _assign_offered_section(invitation, user)
    return membership


@transaction.atomic
def take_up_invitation_with_new_account(
    *, invitation: Invitation, name: str, email: str, password: str, language: str
) -> User:
    """Accept an invitation with a new account, with the section that goes with it. Raises `NotInvitedError`."""
    user = invitations.accept_with_new_account(
        invitation=invitation, name=name, email=email, password=password, language=language
    )
    _assign_offered_section(invitation, user)
    return user


def _assign_offered_section(invitation: Invitation, user: User) -> None:
    offered = SectionOffer.objects.filter(invitation=invitation).first()
    if offered is not None:
        assign_section(
            assessment=offered.assessment, section=offered.section, user=user, by=invitation.invited_by
        )


@transaction.atomic
def end_access(*, membership: Membership, by: User) -> None:
    """End what a person may do in a company, or one's own part in it; sections held there wait for somebody else.

    Raises `NotInvitedError` or `Forbidden`.
    """
    if membership.user_id == by.pk:
        invitations.leave(membership=membership)
    else:
        invitations.end_membership(membership=membership, by=by)
    SectionAssignment.objects.filter(user=membership.user, assessment__company=membership.company_id).delete()


def confirm_unchanged(
    *, assessment: Assessment, section: Section, sheet: AnswerSource, by: User
) -> list[str]:
    """Give the open questions of a section the answers of the last round; return the codes of those.

    What has been answered in this round already is left as it is. Each is saved by the rule for single answers,
    so that nothing counts that nobody confirmed. Comments stay with the round in which they were made.
    Raises `Forbidden`, `Frozen` or `StaleAnswer`; then nothing is stored.
    """
    verbs = permissions_in_company(by, assessment.company)
    _round, previous = get_previous_answers(assessment, sheet.kind)
    confirmed = []
    with transaction.atomic():
        stored = get_answers_by_item(assessment, sheet)
        for code in section.items:
            present, before = stored.get(code), previous.get(code)
            if before is None or (present is not None and is_answered(present.state)):
                continue
            answers.save_answer(
                assessment=assessment,
                item=code,
                answer=replace(before, comment=present.comment if present else ""),
                revision=get_revision(present),
                by=by,
                sheet=sheet,
                verbs=verbs,
                stored=stored,
            )
            confirmed.append(code)
    return confirmed
