"""Putting a release into use together with re-scoring what it applies to."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from assessments.tasks import request_programme_scoring
from benchmarks.actions import releases
from benchmarks.models import Activation, Release


def put_into_use(*, release: Release, proposed_by: User | None, confirmed_by: User | None) -> Activation:
    """Promote a release and have the programme's latest submissions scored under it.

    Earlier score runs stay: re-scoring adds runs and never replaces any.
    """
    with transaction.atomic():
        activation = releases.promote(release=release, proposed_by=proposed_by, confirmed_by=confirmed_by)
        request_programme_scoring(activation, by=confirmed_by or proposed_by)
    return activation
