"""`manage.py open_round T0 --deadline 2026-03-31` opens a round for all companies of a programme."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date

from assessments.actions.rounds import open_round
from assessments.models import Round
from assessments.rounds.opening import add_companies
from cohort.management.commands.load_cohort import find_programme


class Command(BaseCommand):
    """Command that opens a round."""

    help = "Open a round: every listed company gets a questionnaire, to be submitted by the deadline."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the arguments: the round, its deadline and the programme."""
        parser.add_argument("code", choices=Round.Code.values)
        parser.add_argument("--deadline", required=True, metavar="YYYY-MM-DD", help="the last day")
        parser.add_argument("--programme", default="", help="code; may be left out where there is only one")

    def handle(self, *args: Any, **options: Any) -> None:
        """Open the round from now on; one that is open already is left alone."""
        programme = find_programme(options["programme"])
        try:
            day = parse_date(options["deadline"])
        except ValueError:
            day = None
        if day is None:
            raise CommandError("Write the deadline as YYYY-MM-DD, for example 2026-03-31.")
        now = timezone.now()
        deadline = timezone.make_aware(datetime.combine(day, time.max))
        if deadline <= now:
            raise CommandError("The deadline has passed already.")
        if programme.rounds.filter(code=options["code"]).exists():
            self.stdout.write(f"Round {options['code']} of {programme.code} is there already.")
            return
        opened = open_round(
            programme=programme, code=options["code"], opens_at=now, deadline=deadline, by=None
        )
        # The command does not wait for a worker; the job that opening queued finds nothing left to do.
        add_companies(opened)
        self.stdout.write(f"Round {opened.code} of {programme.code} is open until {day.isoformat()}.")
