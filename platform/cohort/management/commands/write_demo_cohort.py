"""`manage.py write_demo_cohort FILE.xlsx` writes a workbook of 435 invented companies."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from cohort.demo.workbook import SEED, invent_cohort, write_cohort


class Command(BaseCommand):
    """Command that writes the demonstration's workbook."""

    help = "Write a workbook of 435 invented companies with answers in two rounds, for load_cohort."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the arguments: where to write, and the seed that everything follows from."""
        parser.add_argument("file", type=Path, metavar="FILE.xlsx")
        parser.add_argument("--seed", type=int, default=SEED)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file."""
        write_cohort(options["file"], invent_cohort(options["seed"]))
        self.stdout.write(f"Wrote {options['file']}.")
