"""The append-only audit log: who did what to what, with what result."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Never

from django.conf import settings
from django.db import models


class AuditEvent(models.Model):
    """One thing that somebody (or the system) did. Rows are added and never changed (GB/T 22239)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="audit_events"
    )
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    # The company and the programme concerned, so that a company's file and an auditor find their events.
    company_id = models.UUIDField(null=True, blank=True)
    programme_id = models.UUIDField(null=True, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        db_table = "audit_event"
        ordering: ClassVar[list[str]] = ["-at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["company_id", "-at"], name="audit_event_company"),
            models.Index(fields=["subject_type", "subject_id"], name="audit_event_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type} {self.subject_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the event; a stored one cannot be saved again."""
        if not self._state.adding:
            raise TypeError("An audit event is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        """Refuse: the record is kept."""
        raise TypeError("An audit event is never deleted.")


class Event(models.Model):
    """Something that happened, as other programs may know it: a type and ids. See `audit.events`.

    Rows are added and never changed, but for `position`, which each gets once, after commit.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    position = models.BigIntegerField(null=True, unique=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    type = models.CharField(max_length=40)
    resource = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    # Without a programme, an event concerns every programme that lists the company.
    programme_id = models.UUIDField(null=True)
    company_id = models.UUIDField(null=True)

    class Meta:
        db_table = "audit_feed_event"
        ordering: ClassVar[list[str]] = ["position"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["programme_id", "position"], name="audit_feed_event_programme"),
            # Few events wait for their place at any time.
            models.Index(
                fields=["at", "id"],
                name="audit_feed_event_unnumbered",
                condition=models.Q(position__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject_id}"


class EventCounter(models.Model):
    """The last place given in the feed; its one row is the lock of those who give places."""

    ONLY = 1

    last = models.BigIntegerField(default=0)

    class Meta:
        db_table = "audit_feed_counter"

    def __str__(self) -> str:
        return str(self.last)
