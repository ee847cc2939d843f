"""`manage.py setup` prepares an installation after `migrate`: lists, programme, administrator, first model."""

from __future__ import annotations

from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from cohort.installation import SEED, ensure_administrator, prepare_installation
from companies.reference_data import UnknownProgramme


class Command(BaseCommand):
    """Command that prepares an installation; running it again changes nothing."""

    help = (
        "After migrate: store the reference lists and a programme, make the first administrator, generate the "
        "reference facilities and activate the first model release. Running it again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the arguments: the programme and the administrator."""
        parser.add_argument(
            "--programme", default="liuzhou-2024", help="code of a programme in the reference data"
        )
        parser.add_argument("--administrator", required=True, metavar="EMAIL")
        parser.add_argument("--name", default="", help="the administrator’s name; the address if left out")
        parser.add_argument("--seed", type=int, default=SEED, help="of the generated reference facilities")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it step by step and say what was done."""
        try:
            programme = prepare_installation(
                programme_code=options["programme"], seed=options["seed"], say=self.stdout.write
            )
        except UnknownProgramme as error:
            known = ", ".join(error.known)
            raise CommandError(
                f"There is no programme {error.code} in the reference data: {known}."
            ) from error
        try:
            ensure_administrator(
                programme=programme,
                email=options["administrator"],
                name=options["name"] or options["administrator"],
                password=self._read_password,
                say=self.stdout.write,
            )
        except ValidationError as error:
            raise CommandError("The password is refused. " + " ".join(error.messages)) from error

    def _read_password(self) -> str:
        """Read the password from ADMIN_PASSWORD or the file in ADMIN_PASSWORD_FILE, else ask twice."""
        if settings.ADMIN_PASSWORD:
            return str(settings.ADMIN_PASSWORD)
        try:
            first = getpass("Password of the administrator: ")
            second = getpass("Once more: ")
        except EOFError as error:
            raise CommandError("Set ADMIN_PASSWORD or ADMIN_PASSWORD_FILE where nobody can type.") from error
        if first != second:
            raise CommandError("The two passwords differ. Run the command again.")
        return first
