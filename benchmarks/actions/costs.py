"""Filling and changing the cost catalogue of a programme."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.record import record
from benchmarks.audit_codes import BenchmarkAuditCode
from benchmarks.costs import load_shipped_catalogue
from benchmarks.models.cost import CostStep
from companies.models import Programme


def load_defaults(*, programme: Programme, by: User | None) -> int:
    """Add the platform's estimates where the programme has no row yet; return the number of rows added."""
    catalogue = load_shipped_catalogue()
    with transaction.atomic():
        Programme.objects.select_for_update().get(pk=programme.pk)
        present = set(
            CostStep.objects.filter(programme=programme).values_list("item", "from_stage", "to_stage", "size")
        )
        added = [
            CostStep(
                programme=programme,
                item=row.item,
                from_stage=row.start,
                to_stage=row.end,
                portions=row.count,
                size=size,
                low=low,
                high=high,
                months=months,
                source=row.source,
                as_of=date.fromisoformat(row.date),
                position=position,
            )
            for position, row in enumerate(catalogue.rows)
            for size, (low, high, months) in row.costs.items()
            if (row.item, row.start, row.end, size) not in present
        ]
        CostStep.objects.bulk_create(added)
        if added:
            record(
                BenchmarkAuditCode.COSTS_LOADED,
                programme,
                by=by,
                programme_id=programme.pk,
                rows=len(added),
                version=catalogue.version,
            )
    return len(added)


def change(
    *, step: CostStep, low: int, high: int, months: int, source: str, as_of: date, by: User
) -> CostStep:
    """Put other figures into a row; what it said before stays in the audit trail.

    Raises `ValidationError` by field for a range that is upside down, an empty source or a date to come.
    """
    faults: dict[str, str] = {}
    if high < low:
        faults["high"] = _("The high figure must not be below the low one.")
    if not source.strip():
        faults["source"] = _("Say where the figure comes from.")
    if as_of > timezone.localdate():
        faults["as_of"] = _("The date must not lie in the future.")
    if faults:
        raise ValidationError(faults)
    with transaction.atomic():
        row = CostStep.objects.select_for_update().get(pk=step.pk)
        before = get_step_figures(row)
        row.low, row.high, row.months, row.source, row.as_of = low, high, months, source.strip(), as_of
        after = get_step_figures(row)
        if after != before:
            row.save()
            record(
                BenchmarkAuditCode.COSTS_CHANGED,
                row,
                by=by,
                programme_id=row.programme_id,
                item=row.item,
                to_stage=row.to_stage,
                size=row.size,
                before=before,
                after=after,
            )
    return row


def get_step_figures(row: CostStep) -> dict[str, int | str]:
    """Return what can be changed of a row, as plain values."""
    return {
        "low": row.low,
        "high": row.high,
        "months": row.months,
        "source": row.source,
        "as_of": row.as_of.isoformat(),
    }
