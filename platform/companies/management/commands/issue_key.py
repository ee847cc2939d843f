"""Issue an access key from the command line, for the first program that connects."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.actions import KeyNotIssuedError, issue_key
from accounts.models import ApiKey
from companies.models import Programme
from companies.service_accounts import open_account

READ_SCOPES = [scope.value for scope in ApiKey.Scope if scope.value.endswith(":read")]
DEFAULT_DAYS = 365


class Command(BaseCommand):
    """A command that prints the new key, which is not stored and cannot be shown again."""

    help = "Issue an access key of a service account in a programme. The key is printed once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what the key is for."""
        parser.add_argument("account", help="name of the service account; made if there is none")
        parser.add_argument("--programme", help="code of the programme; needed where there are several")
        parser.add_argument("--name", help="name of the key; the account's name if left out")
        parser.add_argument(
            "--scope",
            action="append",
            choices=ApiKey.Scope.values,
            help="may be given several times; all that read if left out",
        )
        parser.add_argument("--days", type=int, default=DEFAULT_DAYS, help="days until the key expires")

    def handle(self, *args: Any, **options: Any) -> None:
        """Issue the key and print it."""
        programme = self._require_programme(options["programme"])
        try:
            with transaction.atomic():
                account = open_account(programme=programme, name=options["account"], by=None)
                key, text = issue_key(
                    user=account,
                    name=options["name"] or account.name,
                    scopes=options["scope"] or READ_SCOPES,
                    expires_at=timezone.now() + timedelta(days=options["days"]),
                    by=None,
                    programme_id=programme.pk,
                )
        except (KeyNotIssuedError, OverflowError) as error:
            raise CommandError(str(error)) from error
        self.stderr.write(
            f"Key {key.name!r} of {account.name!r} in {programme.code}: {', '.join(key.scopes)}; "
            f"expires {key.expires_at:%Y-%m-%d}. Keep it now, it is not shown again."
        )
        self.stdout.write(text)

    def _require_programme(self, code: str | None) -> Programme:
        programmes = list(Programme.objects.filter(code=code) if code else Programme.objects.all()[:2])
        if len(programmes) == 1:
            return programmes[0]
        known = ", ".join(Programme.objects.order_by("code").values_list("code", flat=True)) or "none"
        reason = "There is no such programme." if code else "Name a programme with --programme."
        raise CommandError(f"{reason} Programmes: {known}.")
