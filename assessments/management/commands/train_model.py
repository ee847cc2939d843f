"""`manage.py train_model` trains a release of the model, and with --promote puts it on its way into use."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from assessments.actions.releases import activate_release
from benchmarks.actions import releases
from benchmarks.checks import list_checks
from benchmarks.models import Activation, Release
from benchmarks.training import DEFAULT_ALPHA, DEFAULT_SEED, Alpha
from companies.models import Programme
from companies.permissions import Forbidden


def parse_alpha(text: str) -> Alpha:
    """Parse the strength of the pull to the expert weights: a number from 0, or "cv"."""
    if text == "cv":
        return "cv"
    try:
        value = float(text)
    except ValueError as error:
        raise ArgumentTypeError("write a number, or cv") from error
    if not 0 < value <= 1000:
        raise ArgumentTypeError("write a number above 0 and up to 1000, or cv")
    return value


class Command(BaseCommand):
    """The command that trains a release."""

    help = (
        "Train a release of the model on the programme's reference facilities. With --promote the first release "
        "of an installation is activated, and any later one is proposed: a second person confirms it on the site."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what to train on, and how."""
        parser.add_argument("--programme", default="", help="code; may be left out where there is only one")
        parser.add_argument(
            "--seed", type=int, default=DEFAULT_SEED, help="of the folds held out for the metrics"
        )
        parser.add_argument(
            "--alpha", type=parse_alpha, default=DEFAULT_ALPHA, help="a number, or cv to choose one"
        )
        parser.add_argument("--promote", action="store_true", help="activate it, or propose it")
        parser.add_argument("--by", default="", metavar="EMAIL", help="the model steward who proposes")

    def handle(self, *args: Any, **options: Any) -> None:
        """Train a release and print its name, hash, checks and metrics."""
        programme = get_programme_by_code(options["programme"])
        by = find_user_by_email(options["by"])
        if options["promote"] and by is None and Activation.objects.exists():
            raise CommandError(
                "A release is in use already. Name the model steward who proposes this one with --by EMAIL."
            )
        try:
            release = releases.fit_release(
                programme=programme, seed=options["seed"], by=by, alpha=options["alpha"]
            )
        except releases.NoFacilities as error:
            raise CommandError(f"{error} Load or generate some first.") from error
        self._print(release)
        if options["promote"]:
            self._promote(release, by)

    def _print(self, release: Release) -> None:
        self.stdout.write(f"Release {release.name}, trained on {sum(release.rows_per_tier.values())} rows.")
        self.stdout.write(f"scorecard sha256 {release.sha256}")
        self.stdout.write(f"data sha256      {release.data_sha256}")
        for check in list_checks(release):
            bounds = " to ".join("…" if bound is None else f"{bound:g}" for bound in (check.low, check.high))
            measured = "not measured" if check.measured is None else f"{check.measured:.6g}"
            self.stdout.write(
                f"{'ok  ' if check.is_green else 'FAIL'} {check.code}: {measured} (bar {bounds})"
            )
        self.stdout.write(json.dumps(release.metrics, ensure_ascii=False, indent=1, sort_keys=True))

    def _promote(self, release: Release, by: User | None) -> None:
        try:
            if not Activation.objects.exists():
                activate_release(release=release, proposed_by=by, confirmed_by=None)
                self.stdout.write(
                    f"Release {release.name} is in use, recorded as the first of this installation."
                )
                return
            assert by is not None
            releases.propose(release=release, by=by)
        except (releases.ChecksFail, releases.NotOpen, Forbidden) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Release {release.name} is proposed. A second person confirms it on the model page."
        )


def get_programme_by_code(code: str) -> Programme:
    """Return the programme of this code, or the only one; raise `CommandError`."""
    programmes = {programme.code: programme for programme in Programme.objects.all()}
    if not programmes:
        raise CommandError("There is no programme yet. Run manage.py setup first.")
    if not code and len(programmes) == 1:
        return next(iter(programmes.values()))
    if code not in programmes:
        raise CommandError(f"Name the programme with --programme: {', '.join(sorted(programmes))}.")
    return programmes[code]


def find_user_by_email(email: str) -> User | None:
    """Return the user with this address, None without one; raise `CommandError`."""
    if not email:
        return None
    try:
        return User.objects.get_by_natural_key(email)
    except User.DoesNotExist as error:
        raise CommandError(f"There is no user with the address {email}.") from error
