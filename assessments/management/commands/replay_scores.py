"""`manage.py replay_scores` computes all past scores again and compares them with what is stored."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.scoring.replay import replay_all


class Command(BaseCommand):
    """The command that replays past scores."""

    help = "Compute every stored score again, bit for bit. Ends with an error, and stores an alarm, on a difference."

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay and say per release what was found."""
        outcomes = replay_all(job_id=uuid.uuid4())
        if not outcomes:
            self.stdout.write("There are no scores yet.")
        for outcome in outcomes:
            self.stdout.write(
                f"{outcome.release.programme.code} {outcome.release.name}: "
                f"{outcome.compared} compared, {outcome.differing} differ"
            )
        for outcome in outcomes:
            for difference in outcome.differences:
                self.stderr.write(
                    "{submission} {field}: stored {stored}, computed {computed}".format(**difference)
                )
        if any(outcome.differing for outcome in outcomes):
            raise CommandError("Some scores do not come out as stored. See the model page.")
