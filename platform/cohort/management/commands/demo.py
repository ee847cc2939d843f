"""`manage.py demo` builds the demonstration and serves it on this machine until Ctrl-C."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cohort.demo.processes import ChildEnded, Stopped
from cohort.demo.serve import NotPossible, serve

DEFAULT_PORT = 8000


class Command(BaseCommand):
    """Command that builds and serves the demonstration."""

    help = (
        "Build the demonstration where it is not there yet and serve it. “make demo” sets DEMO and VAR_DIR."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the argument for the port, by default that of the variable PORT."""
        parser.add_argument("--port", type=int, default=os.environ.get("PORT") or DEFAULT_PORT)

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until asked to end."""
        try:
            serve(port=options["port"], say=self._say)
        except Stopped:
            self._say("Ended.")
        except (NotPossible, ChildEnded) as error:
            raise CommandError(str(error)) from error

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
