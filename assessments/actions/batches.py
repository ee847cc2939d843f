"""Monthly batches of companies put forward for acceptance."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from assessments.audit_codes import AssessmentAuditCode
from assessments.models import Assessment, Batch, BatchEntry
from assessments.reviewing.acceptance.table import list_batch_rows
from audit.record import record
from companies.models import Programme
from companies.permissions import permissions_in_programme, require


class NameTaken(Exception):
    """A name that another batch of the programme has."""


class Sent(Exception):
    """A batch that was sent, so that it never changes."""


class EmptyBatch(Exception):
    """A batch without companies, which is not sent."""


def create_batch(*, programme: Programme, name: str, by: User) -> Batch:
    """Begin a batch. Raises `NameTaken` or `Forbidden`."""
    require(permissions_in_programme(by, programme), Permission.ACCEPT)
    try:
        with transaction.atomic():
            batch = Batch.objects.create(
                programme=programme, name=name.strip()[:40], created_by=by, created_at=timezone.now()
            )
            record(
                AssessmentAuditCode.BATCH_CREATED, batch, by=by, programme_id=programme.pk, name=batch.name
            )
    except IntegrityError as error:
        raise NameTaken from error
    return batch


def list_batch_candidates(programme: Programme) -> list[Assessment]:
    """Return recommended or verified assessments that are in no batch yet; one query."""
    return list(
        Assessment.objects.filter(
            round__programme=programme,
            recommended_at__isnull=False,
            closed_at__isnull=True,
            batch_entry__isnull=True,
        )
        .select_related("company__division", "company__functional_area", "round")
        .order_by("recommended_at", "pk")
    )


def add_to_batch(*, batch: Batch, assessments: Iterable[UUID], by: User) -> int:
    """Put companies into a batch; return how many. Those in another batch are left there. Raises `Sent`."""
    require(permissions_in_programme(by, batch.programme), Permission.ACCEPT)
    wanted = set(assessments)
    with transaction.atomic():
        locked = _lock_batch(batch)
        # Two officers may be filling two batches: the second waits, and finds the company taken.
        list(Assessment.objects.select_for_update().filter(pk__in=wanted).order_by("pk").values_list("pk"))
        chosen = [found for found in list_batch_candidates(batch.programme) if found.pk in wanted]
        now = timezone.now()
        BatchEntry.objects.bulk_create(
            BatchEntry(batch=locked, assessment=found, added_by=by, added_at=now) for found in chosen
        )
        for found in chosen:
            record(
                AssessmentAuditCode.BATCH_ADDED,
                locked,
                by=by,
                company_id=found.company_id,
                programme_id=batch.programme_id,
                batch=locked.name,
            )
    return len(chosen)


def remove_from_batch(*, batch: Batch, assessment: UUID, by: User) -> None:
    """Take a company out of a batch again. Raises `Sent`."""
    require(permissions_in_programme(by, batch.programme), Permission.ACCEPT)
    with transaction.atomic():
        locked = _lock_batch(batch)
        entry = locked.entries.filter(assessment=assessment).select_related("assessment").first()
        if entry is None:
            return
        record(
            AssessmentAuditCode.BATCH_REMOVED,
            locked,
            by=by,
            company_id=entry.assessment.company_id,
            programme_id=batch.programme_id,
            batch=locked.name,
        )
        entry.delete()


def send_batch(*, batch: Batch, by: User) -> Batch:
    """Freeze the table of a batch with its hash. Raises `Sent` or `EmptyBatch`."""
    require(permissions_in_programme(by, batch.programme), Permission.ACCEPT)
    with transaction.atomic():
        locked = _lock_batch(batch)
        rows = list_batch_rows(locked)
        if not rows:
            raise EmptyBatch
        locked.table = rows
        locked.sha256 = hash_table(rows)
        locked.sent_by, locked.sent_at = by, timezone.now()
        locked.save()
        record(
            AssessmentAuditCode.BATCH_SENT,
            locked,
            by=by,
            programme_id=batch.programme_id,
            companies=len(rows),
            sha256=locked.sha256,
        )
    return locked


def hash_table(rows: list[dict[str, str]]) -> str:
    """Return the sha256 of the canonical JSON of a table."""
    text = json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _lock_batch(batch: Batch) -> Batch:
    locked = Batch.objects.select_for_update(of=("self",)).select_related("programme").get(pk=batch.pk)
    if locked.is_sent:
        raise Sent
    return locked
