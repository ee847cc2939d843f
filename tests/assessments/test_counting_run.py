"""Which run counts is one rule: in Python, in SQL and on packed figures it gives the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.db.models import QuerySet
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from assessments.answering.queries import find_counting_run
from assessments.models import Assessment, Round, ScoreRun, Submission, Withdrawal
from assessments.models.counting_run import (
    build_is_counting_expression,
    build_run_expression,
    build_run_id_expression,
    build_threshold_condition,
    build_verified_condition,
    choose_figures,
    find_verified,
)
from assessments.models.packed import FIGURES, NONE, RUNS_TYPE
from assessments.scoring.compute import point_to_runs
from benchmarks.models import Release
from tests import factories
from tests.cohort.crowd import make_release, new_run

pytestmark = pytest.mark.django_db

Kind = Submission.Kind
# What may happen in one assessment: somebody submits, again or for the first time; the own submission is taken back;
# another model version scores all that is there.
EVENTS = st.lists(st.sampled_from([*Kind.values, "withdraw", "another model version"]), max_size=6)
FIGURE_VALUES = st.fixed_dictionaries(
    {
        "readiness": st.integers(0, 10_000),
        "tier": st.none() | st.integers(0, 3),
        "official_level": st.integers(0, 4),
        "base_points": st.integers(0, 100_000),
    }
)


class History:
    """One assessment with a random history, and what counts by the words of the rule."""

    def __init__(self, assessment: Assessment, release: Release, other: Release, by: User) -> None:
        self.assessment, self.release, self.other, self.by = assessment, release, other, by
        self.last: dict[Kind, ScoreRun] = {}
        self.is_withdrawn = False

    def submit(self, kind: Kind, figures: dict[str, int | None]) -> None:
        """A scored submission supersedes the last of its kind."""
        at = timezone.now() + timedelta(minutes=len(self.last))
        run = new_run(self.assessment, self.release, kind, at, **figures)
        if kind in self.last:
            run.submission.supersedes = self.last[kind].submission
        run.submission.save()
        run.save()
        self.last[kind] = run
        if kind is Kind.SELF:
            self.is_withdrawn = False

    def withdraw(self) -> None:
        if Kind.SELF in self.last and not self.is_withdrawn:
            submission = self.last[Kind.SELF].submission
            Withdrawal.objects.create(
                submission=submission, withdrawn_by=self.by, withdrawn_at=timezone.now()
            )
            self.is_withdrawn = True

    def score_again(self, figures: dict[str, int | None]) -> None:
        for last in self.last.values():
            if not last.submission.score_runs.filter(release=self.other).exists():
                run = new_run(self.assessment, self.other, Kind.SELF, timezone.now(), **figures)
                run.submission = last.submission
                run.save()

    @property
    def counting(self) -> ScoreRun | None:
        own = None if self.is_withdrawn else self.last.get(Kind.SELF)
        return self.last.get(Kind.VERIFIED, own)


@pytest.fixture
def release(round_t0: Round) -> Release:
    return make_release(round_t0.programme)


@pytest.fixture
def other(release: Release) -> Release:
    columns = {field.attname: getattr(release, field.attname) for field in Release._meta.concrete_fields}
    return Release.objects.create(**{**columns, "id": uuid4(), "name": "2026.12"})


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_all_forms_agree(
    round_t0: Round, release: Release, other: Release, officer: User, data: st.DataObject
) -> None:
    assessment = factories.make_assessment(factories.make_company(round_t0.programme), round_t0)
    history = History(assessment, release, other, officer)
    for event in data.draw(EVENTS):
        if event == "withdraw":
            history.withdraw()
        elif event == "another model version":
            history.score_again(data.draw(FIGURE_VALUES))
        else:
            history.submit(Kind(event), data.draw(FIGURE_VALUES))
    point_to_runs({assessment.pk}, release)
    counting, is_verified = history.counting, Kind.VERIFIED in history.last
    threshold = data.draw(st.integers(0, 10_000))

    found: Any = (
        Assessment.objects.filter(pk=assessment.pk)
        .annotate(
            counting=build_run_id_expression(),
            **{f"counting_{name}": build_run_expression(name) for name in FIGURES},
        )
        .get()
    )

    # In Python, on runs and on ids.
    assert found.run == counting
    assert found.is_verified == is_verified
    assert find_counting_run(found) == counting
    # In SQL, on assessments.
    assert found.counting == (counting.pk if counting else None)
    figures = {name: getattr(counting, name) if counting else None for name in FIGURES}
    assert {name: getattr(found, f"counting_{name}") for name in FIGURES} == figures
    same = Assessment.objects.filter(pk=assessment.pk)
    assert same.filter(build_verified_condition()).exists() == is_verified
    assert same.filter(build_threshold_condition("readiness", threshold)).exists() == (
        counting is not None and counting.readiness >= threshold
    )
    # In SQL, on runs.
    runs: QuerySet[Any] = ScoreRun.objects.filter(submission__assessment=assessment).annotate(
        counts=build_is_counting_expression()
    )
    assert [run for run in runs if run.counts] == ([counting] if counting else [])
    # On packed figures.
    packed = np.frombuffer(bytes(found.figures), RUNS_TYPE)
    assert find_verified(packed).tolist() == [is_verified]
    assert {name: choose_figures(packed, name).item() for name in FIGURES} == {
        name: NONE if value is None else value for name, value in figures.items()
    }
