"""Making, changing and stopping webhooks, and sending again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Permission
from audit.codes import AuditCode
from audit.event_types import EventType
from audit.events import number_committed
from audit.models import Event
from audit.record import record
from companies.models import Programme
from companies.permissions import Forbidden, permissions_in_programme
from webhooks.addresses import AddressRefused, check_form
from webhooks.audit_codes import WebhookAuditCode
from webhooks.models import Delivery, Webhook, new_salt
from webhooks.queries import list_programme_events

# The old secret signs too for so long, so that receivers can change theirs without missing a delivery.
OVERLAP = timedelta(hours=24)
MOST_REPLAYED = 10_000
INSERTED_AT_ONCE = 500


class WebhookRefused(ValueError):
    """A webhook that cannot be as asked; `field` is what to change."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def create(*, programme: Programme, name: str, url: str, types: Sequence[str], by: User) -> Webhook:
    """Create a webhook told of what happens from now on. Raises `WebhookRefused` or `Forbidden`."""
    _require(by, programme)
    _check(name, url, types)
    with transaction.atomic():
        number_committed()
        webhook = Webhook.objects.create(
            programme=programme,
            name=name.strip(),
            url=url,
            types=sorted(set(types)),
            position=_get_last_position(),
            created_by=by,
        )
        _record(WebhookAuditCode.WEBHOOK_CREATED, webhook, by, url=url, types=webhook.types)
    return webhook


def update(
    *,
    webhook: Webhook,
    by: User,
    name: str | None = None,
    url: str | None = None,
    types: Sequence[str] | None = None,
) -> list[str]:
    """Change what differs; the names of what changed. Raises `WebhookRefused` or `Forbidden`."""
    _require(by, webhook.programme)
    name = webhook.name if name is None else name.strip()
    url = webhook.url if url is None else url
    types = webhook.types if types is None else sorted(set(types))
    _check(name, url, types)
    wanted = {"name": name, "url": url, "types": types}
    changed = [field for field, value in wanted.items() if getattr(webhook, field) != value]
    if changed:
        with transaction.atomic():
            for field in changed:
                setattr(webhook, field, wanted[field])
            webhook.save(update_fields=[*changed, "updated_at"])
            _record(WebhookAuditCode.WEBHOOK_CHANGED, webhook, by, changed=changed)
    return changed


def rotate_secret(*, webhook: Webhook, by: User) -> str:
    """Make a new secret, shown this once; the old one signs beside it for a day."""
    _require(by, webhook.programme)
    with transaction.atomic():
        webhook.previous_salt, webhook.salt = webhook.salt, new_salt()
        webhook.previous_until = timezone.now() + OVERLAP
        webhook.save(update_fields=["salt", "previous_salt", "previous_until", "updated_at"])
        _record(WebhookAuditCode.WEBHOOK_SECRET_ROTATED, webhook, by)
    return webhook.secret


def disable(*, webhook: Webhook, by: User) -> None:
    """Stop deliveries until it is enabled again; what waits stays waiting."""
    _require(by, webhook.programme)
    with transaction.atomic():
        if Webhook.objects.filter(pk=webhook.pk, disabled_at__isnull=True).update(
            disabled_at=timezone.now(), disabled_reason="", updated_at=timezone.now()
        ):
            _record(WebhookAuditCode.WEBHOOK_DISABLED, webhook, by)
    webhook.refresh_from_db()


def enable(*, webhook: Webhook, by: User) -> None:
    """Deliver again, beginning with what happened meanwhile."""
    _require(by, webhook.programme)
    with transaction.atomic():
        if Webhook.objects.filter(pk=webhook.pk, disabled_at__isnull=False).update(
            disabled_at=None, disabled_reason="", failures=0, updated_at=timezone.now()
        ):
            Delivery.objects.filter(webhook=webhook, state=Delivery.State.WAITING).update(
                next_at=timezone.now()
            )
            _record(WebhookAuditCode.WEBHOOK_ENABLED, webhook, by)
    webhook.refresh_from_db()


def delete(*, webhook: Webhook, by: User) -> None:
    """Remove the webhook with its deliveries."""
    _require(by, webhook.programme)
    with transaction.atomic():
        _record(WebhookAuditCode.WEBHOOK_DELETED, webhook, by, name=webhook.name, url=webhook.url)
        webhook.delete()


def replay(*, delivery: Delivery, by: User) -> None:
    """Send one delivery again, whatever became of it; it keeps the event's id."""
    _require(by, delivery.webhook.programme)
    with transaction.atomic():
        _requeue([delivery.pk])
        _record(WebhookAuditCode.WEBHOOK_REPLAYED, delivery.webhook, by, delivery=str(delivery.pk))


def replay_events(*, webhook: Webhook, since: datetime, by: User) -> int:
    """Send again everything that happened since a time and is of the webhook's types; how many deliveries.

    Events for which there was no delivery (the type was added later) get one. At most `MOST_REPLAYED`, the earliest.
    """
    _require(by, webhook.programme)
    number_committed()
    wanted = list_programme_events(webhook.programme).filter(
        at__gte=since, position__lte=_get_last_position()
    )
    if webhook.types:
        wanted = wanted.filter(type__in=webhook.types)
    events = list(wanted.order_by("position")[:MOST_REPLAYED])
    with transaction.atomic():
        Delivery.objects.bulk_create(
            [Delivery(webhook=webhook, event=event) for event in events],
            batch_size=INSERTED_AT_ONCE,
            ignore_conflicts=True,
        )
        for start in range(0, len(events), INSERTED_AT_ONCE):
            chunk = events[start : start + INSERTED_AT_ONCE]
            _requeue(Delivery.objects.filter(webhook=webhook, event__in=chunk).values_list("pk", flat=True))
        _record(
            WebhookAuditCode.WEBHOOK_REPLAYED, webhook, by, since=since.isoformat(), deliveries=len(events)
        )
    return len(events)


def _requeue(deliveries: Iterable[UUID]) -> None:
    Delivery.objects.filter(pk__in=deliveries).update(
        state=Delivery.State.WAITING, attempts=0, next_at=timezone.now()
    )


def _check(name: str, url: str, types: Sequence[str]) -> None:
    if not name.strip():
        raise WebhookRefused("name", _("Give the webhook a name that says who is told."))
    try:
        check_form(url)
    except AddressRefused as refused:
        message = _("Webhooks are sent to public addresses that begin with https://. %(reason)s")
        raise WebhookRefused("url", message % {"reason": str(refused)}) from refused
    unknown = sorted(set(types) - set(EventType.values))
    if unknown:
        raise WebhookRefused("types", _("There is no such type of event: %(type)s.") % {"type": unknown[0]})


def _require(by: User, programme: Programme) -> None:
    """Require a person who manages access, or a program, whose keys have a scope for it."""
    if not permissions_in_programme(by, programme) & {Permission.MANAGE_USERS, Permission.CALL_API}:
        raise Forbidden(Permission.MANAGE_USERS)


def _get_last_position() -> int:
    last = Event.objects.filter(position__isnull=False).order_by("-position").first()
    return last.position or 0 if last is not None else 0


def _record(action: AuditCode, webhook: Webhook, by: User, **details: Any) -> None:
    record(action, webhook, by=by, programme_id=webhook.programme_id, **details)
