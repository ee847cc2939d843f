"""What has been said about an assessment, as a person sees it, and the conversations that wait for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Count, DateTimeField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.roles import Verb
from assessments.models import Assessment, Message, Side, Thread, ThreadReading
from assessments.models.message import MAX_LENGTH
from companies.models import Company

# Earlier than any message.
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """A message, whether it is new for the reader, and whether the reader may withdraw it now."""

    message: Message
    is_new: bool
    is_own_side: bool
    can_withdraw: bool


@dataclass(frozen=True)
class Conversation:
    """All that has been said about one assessment."""

    assessment: Assessment
    lines: list[Line]
    side: Side
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
        return self.can_write and self.side is Side.BUREAU and self.waits_for == Side.BUREAU


def conversation_of(
    assessment: Assessment, user: User, verbs: frozenset[Verb], side: Side
) -> Conversation | None:
    """The conversation, with what is new for the reader; None where it may not be read. Three queries."""
    if Verb.READ_MESSAGES not in verbs:
        return None
    reading = ThreadReading.objects.filter(assessment=assessment, user=user).first()
    thread = Thread.objects.filter(assessment=assessment).first()
    lines = [
        Line(
            message=message,
            is_new=message.side != side
            and message.withdrawn_at is None
            and (reading is None or message.written_at > reading.read_until),
            is_own_side=message.side == side,
            can_withdraw=message.can_be_withdrawn_by(user),
        )
        for message in Message.objects.filter(assessment=assessment).select_related("written_by")
    ]
    waits_for = thread.waits_for if thread else ""
    return Conversation(assessment, lines, side, waits_for, Verb.WRITE_MESSAGES in verbs)


def unread_count(assessment: Assessment, user: User, side: Side) -> int:
    """How many messages of the other side the person has not seen; one query."""
    return _unread(Message.objects.filter(assessment=assessment), user, side).count()


def unread_of_company(company: Company, user: User) -> int:
    """How many messages of a company, in all its rounds, somebody of the bureau's side has not seen; one query."""
    return _unread(Message.objects.filter(assessment__company=company), user, Side.BUREAU).count()


def _unread(messages: QuerySet[Message], user: User, side: Side) -> QuerySet[Message]:
    readings = ThreadReading.objects.filter(user=user, assessment=OuterRef("assessment"))
    never = Value(LONG_AGO, DateTimeField())
    return messages.exclude(side=side).filter(
        withdrawn_at__isnull=True,
        written_at__gt=Coalesce(Subquery(readings.values("read_until")[:1]), never),
    )


def threads_for(user: User, waiting: str = "") -> QuerySet[Thread]:
    """Conversations in the user's scope, those that wait for the bureau first and the longest waiting on top.

    `waiting` keeps those of one side's turn. Adds `unread`, the messages that this person has not seen.
    """
    found = Thread.objects.visible_to(user).select_related(
        "assessment__company", "assessment__round__programme"
    )
    if waiting in Side.values:
        found = found.filter(waits_for=waiting)
    unread = (
        _unread(Message.objects.filter(assessment=OuterRef("assessment")), user, Side.BUREAU)
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
        is_waiting=Q(waits_for=Side.BUREAU),
    ).order_by(F("is_waiting").desc(), "last_at")
