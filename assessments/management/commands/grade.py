"""`manage.py grade FILE.jsonl`: the official level of many companies at once."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from instrument import GradeError, grade_lines, load_instrument


class Command(BaseCommand):
    """The command that prints one JSON result per line of the file, or nothing when any line is wrong."""

    help = "Grade answers to the official items, one JSON object per line; prints one JSON result per line."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the file to read."""
        parser.add_argument(
            "file", metavar="FILE", help="a file of JSON lines in UTF-8, or - for standard input"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Grade every line; exit code 2 names the line and field that is wrong."""
        try:
            content = (
                sys.stdin.buffer.read() if options["file"] == "-" else Path(options["file"]).read_bytes()
            )
            results = grade_lines(content.decode("utf-8").split("\n"), load_instrument())
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}", returncode=2) from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{options['file']}: not UTF-8 at byte {error.start}", returncode=2) from error
        except GradeError as error:
            raise CommandError(str(error), returncode=2) from error
        # Where the output cannot hold every character, JSON's own escapes say the same.
        escaped = (getattr(self.stdout, "encoding", None) or "utf-8").lower() not in {"utf-8", "utf8"}
        for result in results:
            self.stdout.write(json.dumps(result, ensure_ascii=escaped))
