"""Delete events that were kept long enough."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from audit.audit_codes import AuditLogCode
from audit.models import AuditEvent
from audit.record import record


class Command(BaseCommand):
    """A command that deletes nothing younger than the policy allows, and records that it deleted."""

    help = "Delete events of the audit log that are older than so many days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare how old, and whether to only count."""
        parser.add_argument("--older-than", type=int, required=True, metavar="DAYS")
        parser.add_argument("--dry-run", action="store_true", help="only say how many there are")

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete, and say how many events went."""
        days: int = options["older_than"]
        if days < settings.AUDIT_RETENTION_DAYS:
            raise CommandError(
                f"Events are kept at least {settings.AUDIT_RETENTION_DAYS} days (AUDIT_RETENTION_DAYS)."
            )
        limit = timezone.now() - timedelta(days=days)
        old = AuditEvent.objects.filter(at__lt=limit)
        count = old.count()
        if options["dry_run"] or not count:
            self.stdout.write(f"{count} events are older than {days} days. None was deleted.")
            return
        with transaction.atomic():
            count, _of_models = old.delete()
            record(AuditLogCode.AUDIT_CLEARED, AuditEvent(), by=None, before=limit.isoformat(), events=count)
        self.stdout.write(f"{count} events older than {days} days were deleted.")
