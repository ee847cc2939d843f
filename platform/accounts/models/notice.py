"""What the site tells a person: shown in the list of notices, and sent as an e-mail where it is wanted."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from accounts.notice_kinds import NoticeKind


class EmailState(models.TextChoices):
    """The state of the e-mail of a notice."""

    OFF = "off", _("Not wanted")
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Reads of notices."""

    def visible_to(self, user: User) -> NoticeQuerySet:
        """Return a person's own notices, and nobody else's."""
        return self.filter(user=user)

    def filter_unread(self) -> NoticeQuerySet:
        """Return those that were not opened yet."""
        return self.filter(read_at__isnull=True)

    def filter_due(self) -> NoticeQuerySet:
        """Return those whose e-mail is to be sent, or sent again, by now."""
        return self.filter(letter=EmailState.WAITING, letter_due_at__lte=timezone.now())


class Notice(models.Model):
    """One thing that a person is told, with the address of the page where it leads.

    `parameters` fill the sentences of the kind in `notice_templates` of its app, in the reader's language at the
    time of reading; see `accounts.notices.stored`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=NoticeKind.choices)
    # Asking twice for the same notice makes one: the caller names the occasion.
    key = models.CharField(max_length=120, blank=True)
    parameters = models.JSONField(default=dict)
    company_id = models.UUIDField(null=True, blank=True)
    link = models.CharField(max_length=300)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    letter = models.CharField(max_length=8, choices=EmailState.choices, default=EmailState.OFF)
    letter_due_at = models.DateTimeField(null=True, blank=True)
    letter_sent_at = models.DateTimeField(null=True, blank=True)
    letter_attempts = models.PositiveSmallIntegerField(default=0)
    # Why the last attempt failed, in the words of the mail server.
    letter_problem = models.CharField(max_length=300, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        db_table = "accounts_notice"
        ordering: ClassVar[list[str]] = ["-created_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "-created_at"], name="accounts_notice_of_user"),
            # The number in the head of every page counts these alone.
            models.Index(fields=["user"], name="accounts_notice_unread", condition=Q(read_at__isnull=True)),
            models.Index(
                fields=["letter_due_at"], name="accounts_notice_waiting", condition=Q(letter="waiting")
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="accounts_notice_once", fields=["user", "key"], condition=~Q(key="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.user_id}"

    def mark_read(self) -> None:
        """Note when the person first opened it."""
        if self.read_at is None:
            self.read_at = timezone.now()
            self.save(update_fields=["read_at"])
