"""Writing to each other about an assessment."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import NoticeKind, User
from accounts.notices import notify
from accounts.roles import Permission, Role
from assessments.audit_codes import AssessmentAuditCode
from assessments.models import Assessment, Message, MessageSide, Thread, ThreadReading
from assessments.models.message import MAX_LENGTH
from audit.codes import AuditCode
from audit.record import record
from companies.models import Membership, ProgrammeRole
from companies.models.scope import build_current_condition
from companies.permissions import permissions_in_company, require

COMPANY_SIDE = (Role.OWNER.value, Role.DELEGATE.value, Role.MEMBER.value)


class NothingSaid(Exception):
    """A message without text."""


class TooLong(Exception):
    """A message with more characters than fit."""


class TooLate(Exception):
    """A message that is somebody else's, was withdrawn already, or is older than ten minutes."""


def get_message_side(user: User, assessment: Assessment) -> MessageSide:
    """Return the side on whose behalf the person speaks: who belongs to the company speaks for it."""
    own = Membership.objects.filter(
        build_current_condition(), user=user, company=assessment.company_id, role__in=COMPANY_SIDE
    )
    return MessageSide.COMPANY if own.exists() else MessageSide.BUREAU


def write_message(*, assessment: Assessment, body: str, by: User) -> Message:
    """Add a message and tell the other side. Raises `Forbidden`, `NothingSaid` or `TooLong`."""
    require(permissions_in_company(by, assessment.company), Permission.WRITE_MESSAGES)
    body = body.replace("\r\n", "\n").strip()
    if not body:
        raise NothingSaid
    if len(body) > MAX_LENGTH:
        raise TooLong
    side = get_message_side(by, assessment)
    other = MessageSide.BUREAU if side is MessageSide.COMPANY else MessageSide.COMPANY
    with transaction.atomic():
        Assessment.objects.select_for_update().only("id").get(pk=assessment.pk)
        message = Message.objects.create(assessment=assessment, side=side, body=body, written_by=by)
        Thread.objects.update_or_create(
            assessment=assessment, defaults={"last_at": message.written_at, "waits_for": other}
        )
        mark_thread_read(assessment=assessment, by=by)
        _record_message(AssessmentAuditCode.MESSAGE_WRITTEN, message, by)
        for person in _list_recipients(assessment, other):
            notify(
                user=person,
                kind=NoticeKind.MESSAGE,
                link=reverse("assessments:messages", args=[assessment.pk]),
                company=assessment.company,
                key=f"message:{message.pk}",
                by=by.name,
            )
    return message


def withdraw(*, message: Message, by: User) -> None:
    """Empty one's own message of the last ten minutes; the place where it stood stays. Raises `TooLate`."""
    with transaction.atomic():
        assessment = Assessment.objects.select_for_update().only("id").get(pk=message.assessment_id)
        if not message.allows_withdrawal(by):
            raise TooLate
        now = timezone.now()
        changed = Message.objects.filter(pk=message.pk, withdrawn_at__isnull=True).update(
            body="", withdrawn_at=now
        )
        if not changed:
            raise TooLate
        message.body, message.withdrawn_at = "", now
        last = Message.objects.filter(assessment=assessment, withdrawn_at__isnull=True).last()
        waits_for = (
            ""
            if last is None
            else MessageSide.BUREAU
            if last.side == MessageSide.COMPANY
            else MessageSide.COMPANY
        )
        Thread.objects.filter(assessment=assessment).update(waits_for=waits_for)
        _record_message(AssessmentAuditCode.MESSAGE_WITHDRAWN, message, by)


def settle_thread(*, assessment: Assessment, by: User) -> None:
    """Mark the company's last message as one that needs no answer; twice equals once."""
    require(permissions_in_company(by, assessment.company), Permission.WRITE_MESSAGES)
    with transaction.atomic():
        settled = Thread.objects.filter(assessment=assessment, waits_for=MessageSide.BUREAU).update(
            waits_for=""
        )
        if settled:
            record(
                AssessmentAuditCode.MESSAGE_SETTLED,
                assessment,
                by=by,
                company_id=assessment.company_id,
                programme_id=assessment.round.programme_id,
            )


def mark_thread_read(*, assessment: Assessment, by: User) -> None:
    """Note that the person has read all that was written so far."""
    ThreadReading.objects.update_or_create(
        assessment=assessment, user=by, defaults={"read_until": timezone.now()}
    )


def _list_recipients(assessment: Assessment, side: MessageSide) -> Iterable[User]:
    """Return who is told: everybody of the company; of the bureau those who take part, else its officers."""
    if side is MessageSide.COMPANY:
        own = Membership.objects.filter(
            build_current_condition(), company=assessment.company_id, role__in=COMPANY_SIDE
        )
        return User.objects.filter(pk__in=own.values("user"))
    spoke = Message.objects.filter(assessment=assessment, side=MessageSide.BUREAU).values("written_by")
    staff = ProgrammeRole.objects.filter(build_current_condition(), programme=assessment.round.programme_id)
    taking_part = User.objects.filter(pk__in=spoke).filter(pk__in=staff.values("user"))
    return taking_part or User.objects.filter(pk__in=staff.filter(role=Role.OFFICER.value).values("user"))


def _record_message(action: AuditCode, message: Message, by: User) -> None:
    assessment = message.assessment
    record(
        action,
        message,
        by=by,
        company_id=assessment.company_id,
        programme_id=assessment.round.programme_id,
        side=message.side,
    )
