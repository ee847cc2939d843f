"""The feed of events for other programs: what happened to what, by ids alone, never answers.

An event is written in the transaction of the change it tells of. Its place in the feed, `position`, is given
after commit, under a lock: transactions commit in another order than they write, and a reader that has seen
position n must never find a new event before n.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from audit.arrays import IDS, join_ids
from audit.codes import get_resource
from audit.event_types import EventType
from audit.models import Event, EventCounter

# A lock is held for so many events at a time.
NUMBERED_AT_ONCE = 5_000
INSERTED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class EventData:
    """The content of an event: its type and the ids of what it concerns."""

    type: EventType
    label: str
    subject_id: UUID
    programme_id: UUID | None = None
    company_id: UUID | None = None


def publish_events(happenings: Iterable[EventData]) -> None:
    """Add events; call it inside the transaction of what they tell of."""
    Event.objects.bulk_create(
        [
            Event(
                type=happening.type.value,
                resource=get_resource(happening.label),
                subject_id=happening.subject_id,
                programme_id=happening.programme_id,
                company_id=happening.company_id,
            )
            for happening in happenings
        ],
        batch_size=INSERTED_AT_ONCE,
    )


def publish_event_rows(type_: EventType, label: str, rows: Sequence[tuple[UUID, UUID, UUID]]) -> None:
    """Add an event of one type for each subject, programme and company, thousands in one statement."""
    if connection.vendor != "postgresql" or not rows:
        publish_events(EventData(type_, label, *row) for row in rows)
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Event._meta.db_table} "  # noqa: S608
            "(id, at, type, resource, subject_id, programme_id, company_id) "
            "SELECT gen_random_uuid(), clock_timestamp(), %s, %s, found.* "
            f"FROM unnest({IDS}, {IDS}, {IDS}) AS found",
            [type_.value, get_resource(label), *map(join_ids, zip(*rows, strict=True))],
        )


def number_committed() -> None:
    """Give committed events their places at the end of the feed; readers call it before they read.

    Numbering waits for nobody who is still writing, so a long transaction holds up its own events alone.
    """
    while Event.objects.filter(position__isnull=True).exists():
        with transaction.atomic():
            # Whoever numbers holds this row until commit, so places become visible in their order.
            counter = EventCounter.objects.select_for_update().get_or_create(pk=EventCounter.ONLY)[0]
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE audit_feed_event SET position = %s + places.place FROM ("
                    "SELECT id, row_number() OVER (ORDER BY at, id) AS place FROM audit_feed_event "
                    "WHERE position IS NULL ORDER BY at, id LIMIT %s) AS places "
                    "WHERE audit_feed_event.id = places.id",
                    [counter.last, NUMBERED_AT_ONCE],
                )
                counter.last += cursor.rowcount
            counter.save(update_fields=["last"])
