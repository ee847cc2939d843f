"""Making deliveries of new events, sending what is due, and trying again later what failed."""

from __future__ import annotations

import random
import time
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from accounts.models import NoticeKind, User
from accounts.notices import notify
from accounts.roles import Permission
from audit.events import number_committed
from audit.record import record
from companies.models.scope import select_programme_roles
from webhooks.audit_codes import WebhookAuditCode
from webhooks.models import Attempt, Delivery, Webhook
from webhooks.queries import list_programme_events
from webhooks.sending import DeliveryOutcome, send_delivery

log = structlog.get_logger(__name__)

# Waits between attempts: seconds at first, a day at last (as Standard Webhooks advises). Then it is given up.
WAITS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
SPREAD = 0.1
# So many attempts in a row without one success switch a webhook off.
FAILURES_TO_DISABLE = 20
EVENTS_AT_ONCE = 500
SENT_AT_ONCE = 100
SECONDS_AT_ONCE = 30.0
# A worker that died while sending leaves its delivery to others after this.
LEASE = timedelta(seconds=60)


def make_deliveries() -> list[UUID]:
    """Make deliveries of new events for each webhook; the webhooks for which something is due."""
    number_committed()
    for webhook in Webhook.objects.filter(disabled_at__isnull=True):
        while _make_some(webhook.pk) == EVENTS_AT_ONCE:
            pass
    due = Delivery.objects.filter(
        state=Delivery.State.WAITING, next_at__lte=timezone.now(), webhook__disabled_at__isnull=True
    )
    return list(due.order_by("webhook_id").values_list("webhook_id", flat=True).distinct())


def _make_some(webhook_id: UUID) -> int:
    with transaction.atomic():
        webhook = (
            Webhook.objects.select_for_update(of=("self",)).select_related("programme").get(pk=webhook_id)
        )
        new = (
            list_programme_events(webhook.programme)
            .filter(position__gt=webhook.position)
            .order_by("position")
        )
        events = list(new[:EVENTS_AT_ONCE])
        Delivery.objects.bulk_create(
            [
                Delivery(webhook=webhook, event=event)
                for event in events
                if not webhook.types or event.type in webhook.types
            ],
            ignore_conflicts=True,
        )
        if events:
            Webhook.objects.filter(pk=webhook_id).update(position=events[-1].position)
    return len(events)


def send_due(webhook_id: UUID) -> int:
    """Send what is due for a webhook, in the order of events; how many attempts were made.

    Stops at the first failure, because the next would most likely fail too and hold up the worker.
    """
    ends = time.monotonic() + SECONDS_AT_ONCE
    for made in range(SENT_AT_ONCE):
        webhook = Webhook.objects.get(pk=webhook_id)
        delivery = _claim_next(webhook) if webhook.is_enabled and time.monotonic() < ends else None
        if delivery is None:
            return made
        outcome = send_delivery(webhook, delivery.event, timezone.now())
        _note(delivery, outcome)
        if not outcome.is_delivered:
            return made + 1
    return SENT_AT_ONCE


def _claim_next(webhook: Webhook) -> Delivery | None:
    """Take the next delivery that is due, so that no other worker sends it at the same time."""
    while True:
        now = timezone.now()
        due = Delivery.objects.filter(webhook=webhook, state=Delivery.State.WAITING, next_at__lte=now)
        found = due.select_related("event").order_by("event__position").first()
        if found is None:
            return None
        if Delivery.objects.filter(
            pk=found.pk, state=Delivery.State.WAITING, next_at=found.next_at, attempts=found.attempts
        ).update(next_at=now + LEASE, attempts=F("attempts") + 1):
            found.attempts += 1
            return found


def _note(delivery: Delivery, outcome: DeliveryOutcome) -> None:
    """Log the attempt and say what comes next."""
    now = timezone.now()
    with transaction.atomic():
        Attempt.objects.create(
            delivery=delivery,
            at=now,
            status=outcome.status,
            duration_ms=outcome.duration_ms,
            excerpt=outcome.excerpt,
            error=outcome.error,
        )
        delivery.status, delivery.duration_ms, delivery.attempted_at = (
            outcome.status,
            outcome.duration_ms,
            now,
        )
        if outcome.is_delivered:
            delivery.state = Delivery.State.DELIVERED
            Webhook.objects.filter(pk=delivery.webhook_id).update(failures=0)
        elif delivery.attempts > len(WAITS):
            delivery.state = Delivery.State.FAILED
        else:
            wait = WAITS[delivery.attempts - 1]
            delivery.next_at = now + wait * (1 + SPREAD * random.random())  # noqa: S311 - spreads load
        delivery.save(
            update_fields=["state", "next_at", "status", "duration_ms", "attempted_at"],
        )
        if not outcome.is_delivered:
            _count_failure(delivery.webhook_id, outcome)


def _count_failure(webhook_id: UUID, outcome: DeliveryOutcome) -> None:
    webhook = Webhook.objects.select_for_update(of=("self",)).select_related("programme").get(pk=webhook_id)
    webhook.failures += 1
    webhook.save(update_fields=["failures"])
    if not webhook.is_enabled:
        return
    if outcome.is_unwanted:
        _switch_off(webhook, "The receiver answered 410: it wants no more deliveries.")
    elif webhook.failures >= FAILURES_TO_DISABLE:
        _switch_off(webhook, f"{webhook.failures} attempts in a row failed.")


def _switch_off(webhook: Webhook, reason: str) -> None:
    webhook.disabled_at = timezone.now()
    webhook.disabled_reason = reason
    webhook.save(update_fields=["disabled_at", "disabled_reason", "updated_at"])
    record(
        WebhookAuditCode.WEBHOOK_SWITCHED_OFF,
        webhook,
        by=None,
        programme_id=webhook.programme_id,
        reason=reason,
    )
    log.warning("webhook.switched_off", webhook=str(webhook.pk), reason=reason)
    held = select_programme_roles(Permission.MANAGE_USERS).filter(programme=webhook.programme)
    for person in User.objects.filter(pk__in=held.values("user")):
        notify(
            user=person,
            kind=NoticeKind.WEBHOOK_OFF,
            link=reverse("webhooks:detail", args=[webhook.pk]),
            webhook=webhook.name,
        )
