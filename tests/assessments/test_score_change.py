"""The change between two scores is one rule: in Python and in SQL it gives the same."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.models import ScoreRun, Submission
from assessments.models.assessment import Assessment
from assessments.models.score_change import build_change_expression
from benchmarks.models import Release
from documents.numbers import compute_change
from tests.cohort.crowd import make_release, new_run

pytestmark = pytest.mark.django_db

SCORES = st.integers(0, 10_000)


@pytest.fixture
def release(assessment: Assessment) -> Release:
    return make_release(assessment.round.programme)


@pytest.fixture
def run(assessment: Assessment, release: Release) -> ScoreRun:
    made = new_run(assessment, release, Submission.Kind.SELF, assessment.created_at)
    made.submission.save()
    made.save()
    return made


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=SCORES, now=SCORES)
def test_both_forms_agree(run: ScoreRun, before: int, now: int) -> None:
    stored: QuerySet[Any] = ScoreRun.objects.filter(pk=run.pk)
    stored.update(d1=before, readiness=now)

    found = stored.annotate(change=build_change_expression("d1", "readiness")).get()

    assert found.change == compute_change(before, now)
