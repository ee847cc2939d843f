"""The packed figures beside an assessment are those of the runs that it points to, whoever set them."""

from __future__ import annotations

from importlib import import_module
from uuid import UUID

import numpy as np
import pytest
from django.apps import apps
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from assessments.actions import withdrawals
from assessments.models import Assessment, ScoreRun, Submission
from assessments.models.packed import (
    FIGURES,
    LAYOUT,
    NO_RUNS,
    NONE,
    RUN_TYPE,
    RUNS_TYPE,
    SMALL,
    WHOLE,
    build_pack_sql,
    pack_both,
    pack_run,
    pack_values,
)
from assessments.scoring.compute import score_and_store
from benchmarks.models import Release
from tests import factories
from tests.cohort.crowd import make_crowd, new_run

pytestmark = pytest.mark.django_db

RANGES = {SMALL: st.integers(-(2**15), 2**15 - 1), WHOLE: st.integers(-(2**31), 2**31 - 1)}
# Figures of a run, None where there is none, and the id of its release.
RUNS = st.tuples(
    st.tuples(*(st.none() | RANGES[width] for _name, width in LAYOUT[:-1])),
    st.uuids(),
)
PackedRun = tuple[tuple[int | None, ...], UUID]


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


def test_bytes_are_those_that_are_stored() -> None:
    """The layout is of stored data: each number stands where migration 12 has put it."""
    places = {name: RUN_TYPE.fields[name][1] for name, _width in LAYOUT}  # type: ignore[index]

    assert (places["base_points"], places["official_level"], places["readiness"]) == (0, 4, 8)
    assert (places["d1"], places["scenarios_1"], places["binding_1"], places["release"]) == (10, 30, 38, 46)
    assert (RUN_TYPE.itemsize, RUNS_TYPE.itemsize, len(NO_RUNS)) == (62, 124, 124)
    assert pack_values(range(len(FIGURES)), bytes(range(16))).hex() == (
        "00000000000100020003000400050006000700080009000a000b000c000d000e000f0010001100120013001400"
        "15000102030405060708090a0b0c0d0e0f"
    )


@given(own=st.none() | RUNS, verified=st.none() | RUNS)
def test_numpy_reads_what_python_packs(own: PackedRun | None, verified: PackedRun | None) -> None:
    packed = pack_both(*(run and pack_values(run[0], run[1].bytes) for run in (own, verified)))

    (read,) = np.frombuffer(packed, RUNS_TYPE)

    for name, run in (("own", own), ("verified", verified)):
        figures, release = run or ((None,) * len(FIGURES), UUID(int=0))
        assert [read[name][figure].item() for figure in FIGURES] == [
            NONE if value is None else value for value in figures
        ]
        assert read[name]["release"].tobytes() == release.bytes


@given(RUNS)
def test_run_is_packed_by_its_names(values: PackedRun) -> None:
    figures, release = values
    run = ScoreRun(release_id=release, **dict(zip(FIGURES, figures, strict=True)))

    assert pack_run(run) == pack_values(figures, release.bytes)


@pytest.mark.services
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(run=st.none() | RUNS)
def test_postgresql_packs_the_same(run: PackedRun | None) -> None:
    figures, release = run or ((None,) * len(FIGURES), None)
    columns = ", ".join(f"CAST(%s AS int) AS {name}" for name in FIGURES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {build_pack_sql('run')} FROM (SELECT {columns}, CAST(%s AS uuid) AS release_id) AS run",
            [*figures, release],
        )
        (packed,) = cursor.fetchone()

    assert bytes(packed) == (pack_values(figures, release.bytes) if release else pack_run(None))
