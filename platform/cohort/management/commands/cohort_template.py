"""`manage.py cohort_template FILE.xlsx` writes the empty workbook that `load_cohort` reads."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import override

from cohort.loading.template import write_cohort_workbook


class Command(BaseCommand):
    """Command that writes the empty template."""

    help = (
        "Write the empty workbook for load_cohort: headers, formats and a sheet that explains every column."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the arguments: where to write, and in which language."""
        parser.add_argument("file", type=Path, metavar="FILE.xlsx")
        parser.add_argument(
            "--language", choices=[code for code, _name in settings.LANGUAGES], default="zh-hans"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file, with columns for the three business years before this one."""
        path: Path = options["file"]
        if path.suffix.lower() != ".xlsx":
            raise CommandError(f"{path} should end in .xlsx.")
        this_year = timezone.localdate().year
        try:
            with override(options["language"]):
                write_cohort_workbook(path, years=range(this_year - 3, this_year))
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"Wrote {path}.")
