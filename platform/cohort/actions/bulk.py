"""Starting a bulk action."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from accounts.roles import Permission
from assessments.models import Round
from audit.record import record
from cohort.audit_codes import CohortAuditCode
from cohort.models import BulkOutcome, BulkRun
from cohort.tasks import request_bulk_run
from companies.permissions import permissions_in_programme, require

BATCH = 2_000


def start(
    *,
    pk: uuid.UUID,
    kind: BulkRun.Kind,
    round_: Round,
    companies: Sequence[uuid.UUID],
    query: str,
    assignee: User | None,
    by: User,
) -> BulkRun:
    """Write down which companies are meant and have a job do it. Starting the same `pk` again changes nothing.

    The companies are fixed here: whatever comes to match later is not among them. Raises `Forbidden`.
    """
    require(permissions_in_programme(by, round_.programme), Permission.RUN_PROGRAMME)
    with transaction.atomic():
        run, is_new = BulkRun.objects.get_or_create(
            pk=pk,
            defaults={
                "kind": kind.value,
                "round": round_,
                "query": query[:1000],
                "assignee": assignee,
                "created_by": by,
            },
        )
        if not is_new:
            return run
        BulkOutcome.objects.bulk_create(
            [BulkOutcome(run=run, company_id=company) for company in companies], batch_size=BATCH
        )
        record(
            CohortAuditCode.BULK_STARTED,
            run,
            by=by,
            programme_id=round_.programme_id,
            kind=kind.value,
            round=round_.code,
            companies=len(companies),
            query=query[:1000],
        )
        run.job = request_bulk_run(run, len(companies))
        run.save(update_fields=["job"])
    return run
