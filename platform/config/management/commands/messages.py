"""`manage.py messages`: bring the translation catalogues in line with the sources."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import catalogues


class Command(BaseCommand):
    """A command that extracts, checks and compiles without any system tool."""

    help = (
        "Brings each app's Chinese catalogue in line with its sources, keeping translations, and compiles. "
        "With --compile only compiles; with --check changes nothing and fails on anything not right."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare two switches and the names of parts."""
        parser.add_argument("parts", nargs="*", help="names of apps, or 'templates'; all if none is given")
        parser.add_argument("--compile", action="store_true", help="only compile")
        parser.add_argument("--check", action="store_true", help="only check")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what was asked, for the parts that were named."""
        every = catalogues.list_parts()
        unknown = set(options["parts"]) - {part.name for part in every}
        if unknown:
            names = ", ".join(part.name for part in every)
            raise CommandError(f"There is no part {', '.join(sorted(unknown))}. Parts: {names}.")
        chosen = [part for part in every if not options["parts"] or part.name in options["parts"]]
        if options["check"]:
            found = [problem for part in chosen for problem in catalogues.list_problems(part)]
            found += catalogues.list_contradictions(every)
            if found:
                raise CommandError(
                    "\n".join([*found, "Run manage.py messages and translate what is missing."])
                )
            return
        for part in chosen:
            if not options["compile"] and catalogues.update(part):
                self.stdout.write(f"{part.path} is changed")
            catalogues.compile_part(part)
            missing = sum(
                not string for string in catalogues.map_translations(catalogues.load(part)).values()
            )
            if missing:
                self.stdout.write(f"{part.name}: {missing} not translated")
