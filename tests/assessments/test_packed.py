"""The packed figures beside an assessment are those of the runs that it points to, whoever set them."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from accounts.models import User
from assessments.actions import withdrawals
from assessments.models import Assessment, Submission
from assessments.models.packed import FIGURES, NO_RUNS, NONE, pack_both, pack_run
from assessments.scoring.compute import score_and_store
from benchmarks.models import Release
from tests import factories
from tests.cohort.crowd import make_crowd, new_run

pytestmark = pytest.mark.django_db


def agrees(assessment: Assessment) -> bool:
    stored = Assessment.objects.get(pk=assessment.pk)
    return bytes(stored.figures) == pack_both(pack_run(stored.self_run), pack_run(stored.verified_run))


def test_nothing_is_packed_before_a_result(assessment: Assessment) -> None:
    assert bytes(Assessment.objects.get(pk=assessment.pk).figures) == NO_RUNS


def test_scoring_packs_the_figures(scored: Assessment) -> None:
    assert scored.self_run is not None
    assert agrees(scored)
    assert bytes(scored.figures) != NO_RUNS


def test_verified_values_are_packed_beside_the_own(scored: Assessment, release: Release) -> None:
    own = scored.submissions.get()
    own.pk, own.number, own.kind = None, "LZ-VERIFIED", Submission.Kind.VERIFIED
    own._state.adding = True
    own.save()
    score_and_store([own], release)
    scored.refresh_from_db()
    assert scored.verified_run is not None
    assert agrees(scored)


def test_withdrawing_takes_the_figures_away(scored: Assessment, owner: User) -> None:
    withdrawals.withdraw_submission(assessment=scored, by=owner)
    assert bytes(Assessment.objects.get(pk=scored.pk).figures) == NO_RUNS


def test_missing_tier_is_none(scored: Assessment, release: Release) -> None:
    run = new_run(scored, release, Submission.Kind.SELF, scored.created_at, tier=None, readiness=4360)
    packed = pack_run(run)
    assert packed[4 + 2 : 4 + 4] == NONE.to_bytes(2, "big", signed=True)
    assert len(FIGURES) * 2 + 2 + 16 == len(packed)


def test_migration_packs_what_was_scored_before() -> None:
    crowd = make_crowd(factories.make_programme(), 16)
    Assessment.objects.update(figures=NO_RUNS)
    import_module("assessments.migrations.0012_packed_figures").pack_all(apps, None)
    assert all(agrees(row) for known in crowd.known for row in (known.before, known.now) if row is not None)
