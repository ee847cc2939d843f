"""`manage.py load_facilities FILE.xlsx` adds reference facilities; `--template` writes the empty workbook."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import override

from benchmarks.loading import FacilityWorkbookError, load_facilities
from benchmarks.loading.template import write_template
from companies.models import Programme


class Command(BaseCommand):
    """Command that loads reference facilities: all of the workbook or nothing."""

    help = "Add reference facilities from an XLSX workbook, or write the empty one with --template."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the file and how to treat it."""
        parser.add_argument("file", type=Path, metavar="FILE.xlsx")
        parser.add_argument("--programme", default="", help="code; may be left out where there is only one")
        parser.add_argument("--template", action="store_true", help="write the empty workbook to FILE.xlsx")
        parser.add_argument("--dry-run", action="store_true", help="check everything and store nothing")
        parser.add_argument(
            "--language", choices=[code for code, _name in settings.LANGUAGES], default="zh-hans"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what was added or what is wrong."""
        path: Path = options["file"]
        with override(options["language"]):
            try:
                if options["template"]:
                    with path.open("wb") as file:
                        write_template(file)
                    self.stdout.write(_("Wrote %(path)s.") % {"path": path})
                    return
                content = path.read_bytes()
            except OSError as error:
                raise CommandError(f"{path}: {error.strerror}") from error
            self._load(content, self._get_programme(options["programme"]), dry_run=options["dry_run"])

    def _load(self, content: bytes, programme: Programme, *, dry_run: bool) -> None:
        try:
            loaded = load_facilities(content=content, programme=programme, by=None, dry_run=dry_run)
        except FacilityWorkbookError as refused:
            lines = [str(problem) for problem in refused.problems]
            if refused.more:
                lines.append(_("… and %(count)d more.") % {"count": refused.more})
            lines.append(_("Nothing was stored. Correct the workbook and load it again."))
            raise CommandError("\n".join(lines)) from refused
        words = (
            _("%(count)d facilities would be added; nothing was stored.")
            if dry_run
            else _("%(count)d facilities added. They count from the next model version on.")
        )
        self.stdout.write(words % {"count": loaded.added})

    def _get_programme(self, code: str) -> Programme:
        programmes = {programme.code: programme for programme in Programme.objects.all()}
        if not code and len(programmes) == 1:
            return next(iter(programmes.values()))
        if code not in programmes:
            names = ", ".join(sorted(programmes)) or "–"
            raise CommandError(f"Name the programme with --programme; there are: {names}.")
        return programmes[code]
