"""Putting a release into use together with re-scoring what it applies to.

Earlier score runs stay: re-scoring adds runs and never replaces any.
"""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from assessments.tasks.scoring import request_programme_scoring
from benchmarks.actions import releases
from benchmarks.models import Activation, Proposal, Release
from companies.models import Programme


def activate_release(*, release: Release, proposed_by: User | None, confirmed_by: User | None) -> Activation:
    """Promote a release and have the programme's latest submissions scored under it."""
    with transaction.atomic():
        activation = releases.promote(release=release, proposed_by=proposed_by, confirmed_by=confirmed_by)
        request_programme_scoring(activation, by=confirmed_by or proposed_by)
    return activation


def activate_proposal(*, proposal: Proposal, by: User) -> Activation:
    """Confirm a proposal as the second person; scoring under the new release starts after commit."""
    with transaction.atomic():
        activation = releases.confirm(proposal=proposal, by=by)
        request_programme_scoring(activation, by=by)
    return activation


def roll_back_release(*, programme: Programme, by: User) -> Activation:
    """Return to the release that was in use before. Its score runs are still there; missing ones are added."""
    with transaction.atomic():
        activation = releases.activate_previous(programme=programme, by=by)
        request_programme_scoring(activation, by=by)
    return activation
