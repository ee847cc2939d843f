"""`manage.py load_cohort FILE` loads companies, and answers if there are any, into a programme."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from cohort.loading import CohortLoadResult, FileRefused, load_cohort
from companies.models import Programme
from companies.permissions import Forbidden


class Command(BaseCommand):
    """Command that loads a cohort file: all of it or nothing."""

    help = "Load companies and answers from an XLSX workbook, or companies from a CSV file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the arguments: the file and how to treat it."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--programme", default="", help="code; may be left out where there is only one")
        parser.add_argument("--dry-run", action="store_true", help="check everything and store nothing")
        parser.add_argument(
            "--accept-check-digit",
            action="store_true",
            help="accept credit codes whose last character differs from the computed one",
        )
        parser.add_argument("--by", default="", metavar="EMAIL", help="the officer on whose behalf")
        parser.add_argument(
            "--language", choices=[code for code, _name in settings.LANGUAGES], default="zh-hans"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what changed or what is wrong."""
        with override(options["language"]):
            path: Path = options["file"]
            try:
                content = path.read_bytes()
            except OSError as error:
                raise CommandError(f"{path}: {error.strerror}") from error
            try:
                loaded = load_cohort(
                    content=content,
                    name=path.name,
                    programme=find_programme(options["programme"]),
                    by=_find_actor(options["by"]),
                    accept_check_character=options["accept_check_digit"],
                    dry_run=options["dry_run"],
                )
            except FileRefused as refused:
                lines = [str(problem) for problem in refused.problems]
                if refused.more:
                    lines.append(_("… and %(count)d more.") % {"count": refused.more})
                lines.append(_("Nothing was stored. Correct the file and load it again."))
                raise CommandError("\n".join(lines)) from refused
            except Forbidden as error:
                raise CommandError(str(error)) from error
            self._report(loaded, dry_run=options["dry_run"])

    def _report(self, loaded: CohortLoadResult, *, dry_run: bool) -> None:
        for warning in loaded.warnings:
            self.stderr.write(self.style.WARNING(str(warning)))
        self.stdout.write(
            _("Companies: %(created)d new, %(changed)d changed, %(unchanged)d unchanged.")
            % {"created": loaded.created, "changed": loaded.changed, "unchanged": loaded.unchanged}
        )
        self.stdout.write(
            _(
                "Answers: %(answers)d stored; %(submitted)d questionnaires submitted, %(drafts)d left as drafts."
            )
            % {"answers": loaded.answers, "submitted": loaded.submitted, "drafts": loaded.drafts}
        )
        if dry_run:
            self.stdout.write(_("This was a trial run: nothing was stored."))
        elif loaded.job is not None:
            self.stdout.write(_("Scoring runs in the background as job %(job)s.") % {"job": loaded.job.pk})
        elif loaded.submitted:
            self.stdout.write(_("No model version is in use yet: scoring follows when one is."))


def find_programme(code: str) -> Programme:
    """Return the programme of this code, or the only one; raise `CommandError`."""
    programmes = {programme.code: programme for programme in Programme.objects.all()}
    if not programmes:
        raise CommandError("There is no programme yet. Run manage.py setup first.")
    if not code and len(programmes) == 1:
        return next(iter(programmes.values()))
    if code not in programmes:
        raise CommandError(
            f"Name the programme with --programme; there are: {', '.join(sorted(programmes))}."
        )
    return programmes[code]


def _find_actor(email: str) -> User | None:
    if not email:
        return None
    try:
        return User.objects.get_by_natural_key(email)
    except User.DoesNotExist as error:
        raise CommandError(f"There is no user with the address {email}.") from error
