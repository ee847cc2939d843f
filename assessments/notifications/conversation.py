"""What has been said about an assessment, as a person sees it, and the conversations that wait for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Count, DateTimeField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.roles import Permission
from assessments.models import Assessment, Message, MessageSide, Thread, ThreadReading
from assessments.models.message import MAX_LENGTH
from companies.models import Company

# Earlier than any message.
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class ConversationLine:
    """A message, whether it is new for the reader, and whether the reader may withdraw it now."""

    message: Message
    is_new: bool
    is_own_side: bool
    can_withdraw: bool


@dataclass(frozen=True)
class Conversation:
    """All that has been said about one assessment."""

    assessment: Assessment
    lines: list[ConversationLine]
    side: MessageSide
    waits_for: str
    can_write: bool

    @property
    def max_length(self) -> int:
        """Characters that fit into a message."""
        return MAX_LENGTH

    @property
    def unread(self) -> int:
        """Messages of the other side that the reader has not seen."""
        return sum(line.is_new for line in self.lines)

    @property
    def can_settle(self) -> bool:
        """Whether the reader may say that the company's last message needs no answer."""
        return self.can_write and self.side is MessageSide.BUREAU and self.waits_for == MessageSide.BUREAU


def find_conversation(
    assessment: Assessment, user: User, verbs: frozenset[Permission], side: MessageSide
) -> Conversation | None:
    """Return the conversation, with what is new to the reader; None where it may not be read. Three queries."""
    if Permission.READ_MESSAGES not in verbs:
        return None
    reading = ThreadReading.objects.filter(assessment=assessment, user=user).first()
    thread = Thread.objects.filter(assessment=assessment).first()
    lines = [
        ConversationLine(
            message=message,
            is_new=message.side != side
            and message.withdrawn_at is None
            and (reading is None or message.written_at > reading.read_until),
            is_own_side=message.side == side,
            can_withdraw=message.allows_withdrawal(user),
        )
        for message in Message.objects.filter(assessment=assessment).select_related("written_by")
    ]
    waits_for = thread.waits_for if thread else ""
    return Conversation(assessment, lines, side, waits_for, Permission.WRITE_MESSAGES in verbs)


def count_unread_messages(assessment: Assessment, user: User, side: MessageSide) -> int:
    """Count the messages of the other side that the person has not seen; one query."""
    return _filter_unread(Message.objects.filter(assessment=assessment), user, side).count()


def count_unread_company_messages(company: Company, user: User) -> int:
    """Count a company's messages, in all its rounds, that somebody of the bureau has not seen; one query."""
    return _filter_unread(
        Message.objects.filter(assessment__company=company), user, MessageSide.BUREAU
    ).count()


def _filter_unread(messages: QuerySet[Message], user: User, side: MessageSide) -> QuerySet[Message]:
    readings = ThreadReading.objects.filter(user=user, assessment=OuterRef("assessment"))
    never = Value(LONG_AGO, DateTimeField())
    return messages.exclude(side=side).filter(
        withdrawn_at__isnull=True,
        written_at__gt=Coalesce(Subquery(readings.values("read_until")[:1]), never),
    )


def list_threads(user: User, waiting: str = "") -> QuerySet[Thread]:
    """List conversations in the user's scope: those that wait for the bureau first, longest waiting on top.

    `waiting` keeps those of one side's turn. Adds `unread`, the messages that this person has not seen.
    """
    found = Thread.objects.visible_to(user).select_related(
        "assessment__company", "assessment__round__programme"
    )
    if waiting in MessageSide.values:
        found = found.filter(waits_for=waiting)
    unread = (
        _filter_unread(Message.objects.filter(assessment=OuterRef("assessment")), user, MessageSide.BUREAU)
        .order_by()
        .values("assessment")
        .annotate(count=Count("pk"))
        .values("count")
    )
    last = Message.objects.filter(assessment=OuterRef("assessment"), withdrawn_at__isnull=True).order_by(
        "-written_at"
    )
    return found.annotate(
        unread=Coalesce(Subquery(unread), 0),
        last_words=Subquery(last.values("body")[:1]),
        last_name=Subquery(last.values("written_by__name")[:1]),
        is_waiting=Q(waits_for=MessageSide.BUREAU),
    ).order_by(F("is_waiting").desc(), "last_at")
