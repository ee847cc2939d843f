"""Webhooks: where other programs want to be told of events, and what became of each telling."""

from __future__ import annotations

import base64
import secrets
import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from audit.models import Event
from companies.models import Programme

SECRET_PREFIX = "whsec_"  # noqa: S105 - not a secret, but how one begins


def new_salt() -> str:
    """Generate that from which, with the installation's own key, a secret follows."""
    return secrets.token_hex(16)


class WebhookQuerySet(models.QuerySet["Webhook"]):
    """Reads of webhooks."""

    def allowing(self, user: User, verb: Permission) -> WebhookQuerySet:
        """Return the webhooks of programmes in which the user may do this."""
        return self.filter(programme__in=Programme.objects.allowing(user, verb))


class Webhook(models.Model):
    """An address that is told of a programme's events, signed so that the receiver can tell who speaks.

    No secret is stored: it follows from `salt` and the installation's `SECRET_KEY`, so whoever reads the database
    cannot sign. After a rotation deliveries carry a second signature by the old secret until `previous_until`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="webhooks")
    name = models.CharField(_("name"), max_length=80)
    url = models.URLField(_("address"), max_length=500)
    # Empty: all types.
    types = models.JSONField(default=list)
    salt = models.CharField(max_length=32, default=new_salt)
    previous_salt = models.CharField(max_length=32, blank=True)
    previous_until = models.DateTimeField(null=True)
    # Deliveries were made for events up to here.
    position = models.BigIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    disabled_at = models.DateTimeField(null=True)
    disabled_reason = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        db_table = "webhooks_webhook"
        ordering: ClassVar[list[str]] = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_enabled(self) -> bool:
        """Whether events are delivered."""
        return self.disabled_at is None

    @property
    def secret(self) -> str:
        """What the receiver checks signatures with; shown when it is made and never again."""
        return _derive_secret(self.salt)

    def list_secrets(self, now: datetime) -> list[str]:
        """List the secrets that sign at this time: the present one and, once rotated, the one before."""
        both = [self.salt]
        if self.previous_salt and self.previous_until is not None and self.previous_until > now:
            both.append(self.previous_salt)
        return [_derive_secret(salt) for salt in both]


def _derive_secret(salt: str) -> str:
    digest = salted_hmac("webhooks.secret", salt, algorithm="sha256").digest()
    return SECRET_PREFIX + base64.b64encode(digest).decode()


class Delivery(models.Model):
    """One event for one webhook: waiting for its next attempt, delivered, or given up."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Given up")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(auto_now_add=True)
    # Of the last attempt; null where no answer came.
    status = models.PositiveSmallIntegerField(null=True)
    duration_ms = models.PositiveIntegerField(null=True)
    attempted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "webhooks_delivery"
        ordering: ClassVar[list[str]] = ["created_at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="webhooks_delivery_once", fields=["webhook", "event"]),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["webhook", "next_at"],
                name="webhooks_delivery_waiting",
                condition=models.Q(state="waiting"),
            ),
            models.Index(fields=["webhook", "-created_at"], name="webhooks_delivery_log"),
        ]

    def __str__(self) -> str:
        return f"{self.webhook} {self.event_id} {self.state}"


class Attempt(models.Model):
    """One try to deliver: what was answered, how long it took, or why nothing came."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    duration_ms = models.PositiveIntegerField()
    excerpt = models.TextField(blank=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "webhooks_attempt"
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.status or self.error}"
