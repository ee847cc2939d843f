"""The conversation between a company and the bureau about one assessment."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from assessments.models.assessment import Assessment
from companies.models import Company

# For so long a sender may take a message back.
WITHDRAW_WITHIN = timedelta(minutes=10)
MAX_LENGTH = 4_000


class MessageSide(models.TextChoices):
    """The side that speaks: people of the company, or the bureau with its reviewers and assessors."""

    COMPANY = "company", _("Company")
    BUREAU = "bureau", _("Bureau")


class ThreadQuerySet(models.QuerySet["Thread"]):
    """Reads of conversations."""

    def visible_to(self, user: User) -> ThreadQuerySet:
        """Return the conversations that the user may read."""
        readable = Company.objects.allowing(user, Permission.READ_MESSAGES)
        return self.filter(assessment__company__in=readable)


class Thread(models.Model):
    """The conversation of an assessment as a whole: when it was spoken last, and whose turn it is."""

    assessment = models.OneToOneField(
        Assessment, on_delete=models.CASCADE, primary_key=True, related_name="thread"
    )
    last_at = models.DateTimeField()
    # Who has to answer; empty where nobody has to.
    waits_for = models.CharField(max_length=7, choices=MessageSide.choices, blank=True)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        db_table = "assessments_thread"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["waits_for", "last_at"], name="assessments_thread_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id}: {self.waits_for or 'answered'}"


class MessageQuerySet(models.QuerySet["Message"]):
    """Reads of messages."""

    def visible_to(self, user: User) -> MessageQuerySet:
        """Return the messages that the user may read."""
        readable = Company.objects.allowing(user, Permission.READ_MESSAGES)
        return self.filter(assessment__company__in=readable)


class Message(models.Model):
    """One message in plain text, never edited; within ten minutes its sender may withdraw it, which empties it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="messages")
    side = models.CharField(max_length=7, choices=MessageSide.choices)
    body = models.TextField(max_length=MAX_LENGTH, blank=True)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        db_table = "assessments_message"
        ordering: ClassVar[list[str]] = ["written_at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["assessment", "written_at"], name="assessments_message_in_order"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="assessments_message_says_something_or_is_withdrawn",
                condition=Q(body="", withdrawn_at__isnull=False)
                | (~Q(body="") & Q(withdrawn_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.written_at:%Y-%m-%d %H:%M}"

    def allows_withdrawal(self, user: User) -> bool:
        """Return whether this person wrote it a moment ago."""
        is_recent = self.written_at > timezone.now() - WITHDRAW_WITHIN
        return self.written_by_id == user.pk and self.withdrawn_at is None and is_recent


class ThreadReading(models.Model):
    """The moment up to which a person has read a conversation."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="readings")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    read_until = models.DateTimeField()

    class Meta:
        db_table = "assessments_thread_reading"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="assessments_thread_reading_once", fields=["assessment", "user"]),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.read_until:%Y-%m-%d %H:%M}"
