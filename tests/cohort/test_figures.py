"""The figures of the overview equal a recomputation in plain Python."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as some

from accounts.models import User
from assessments.models import ScoreRun
from assessments.models.packed import NONE
from assessments.models.stage import Stage
from benchmarks.models import Activation, Release
from cohort.filters import CohortFilters
from cohort.queries.areas import list_division_figures, list_functional_figures
from cohort.queries.cohort import Cohort
from cohort.queries.levels import compute_level_figures
from cohort.queries.risk import list_at_risk
from cohort.queries.scores import compute_score_change, compute_score_histogram, count_sector_tiers
from cohort.queries.standings import compute_median
from cohort.queries.summary import compute_summary, find_stall
from companies.models import Area, Listing, Programme, Sector
from instrument import load_instrument
from tests.cohort.crowd import STAGES, Crowd, make_crowd, pack_again


@pytest.fixture
def crowd(programme: Programme) -> Crowd:
    return make_crowd(programme, 32)


@pytest.fixture
def cohort(crowd: Crowd, officer: User) -> Cohort:
    return cohort_of(crowd, officer)


def cohort_of(crowd: Crowd, user: User, **filters: str) -> Cohort:
    return Cohort(
        user=user,
        programme=crowd.programme,
        round=crowd.now,
        earlier=crowd.before,
        filters=CohortFilters(**filters),
        sees_results=True,
        moment=timezone.now(),
    )


def median_of(runs: Sequence[ScoreRun], name: str = "readiness") -> float | None:
    return statistics.median(getattr(run, name) for run in runs) if runs else None


def gate_that_fails(run: ScoreRun, target: int) -> str:
    gate = load_instrument().rule.gates[target - 1]
    base = run.base_points >= gate.base * 1000
    scenarios = (
        getattr(run, f"scenarios_{target}") >= gate.scenarios
        and getattr(run, f"binding_{target}") >= gate.binding
    )
    return "scenarios" if base else "base" if scenarios else "both"


@given(some.lists(some.integers(0, 10_000)))
def test_median_is_that_of_the_standard_library(values: list[int]) -> None:
    known = np.array([*values, NONE], np.int64)
    assert compute_median(known) == (statistics.median(values) if values else None)


def test_summary_equals_recomputation(crowd: Crowd, cohort: Cohort) -> None:
    summary = compute_summary(cohort)
    runs = [run for _known, run in crowd.scored]
    below = [run for run in runs if run.official_level < 2]
    ranks = [STAGES.index(known.stage) for known in crowd.known]
    assert summary.listed == 32
    assert summary.reached == {
        stage: sum(rank >= place for rank in ranks) for place, stage in enumerate(STAGES)
    }
    assert summary.waiting == Counter(known.stage for known in crowd.known)
    assert summary.scored == len(runs)
    assert summary.at_target == len(runs) - len(below)
    assert summary.verified == sum(known.verified is not None for known in crowd.known)
    assert summary.target_verified == sum(
        known.verified is not None and known.verified.official_level >= 2 for known in crowd.known
    )
    assert summary.readiness == median_of(runs)
    assert summary.short == {
        name: sum(gate_that_fails(run, 2) == name for run in below) for name in ("scenarios", "base", "both")
    }
    # Everybody who started has answered 30 of 60 questions.
    assert summary.quarters == (0, 0, sum(known.stage == Stage.STARTED for known in crowd.known), 0)


def test_companies_own_target_counts_before_the_programmes(crowd: Crowd, cohort: Cohort) -> None:
    Listing.objects.update(target_level=4)
    runs = [run for _known, run in crowd.scored]
    summary = compute_summary(cohort)
    assert summary.at_target == sum(run.official_level == 4 for run in runs)
    assert summary.short["base"] == sum(
        run.official_level < 4 and gate_that_fails(run, 4) == "base" for run in runs
    )


def test_risk_is_what_has_not_moved_for_two_weeks(crowd: Crowd, cohort: Cohort) -> None:
    waiting = {Stage.LISTED: "not_invited", Stage.INVITED: "not_started", Stage.STARTED: "stalled"}
    expected = Counter(waiting[known.stage] for known in crowd.known if known.stage in waiting)
    assert compute_summary(cohort).at_risk == expected.total()
    rows = list_at_risk(cohort, "en")
    assert [row.days for row in rows] == sorted((row.days for row in rows), reverse=True)
    assert {row.name.split()[0] for row in rows} == {"Sample"}


def test_risk_after_the_deadline_is_whatever_was_not_submitted(crowd: Crowd, officer: User) -> None:
    crowd.now.deadline = timezone.now()
    crowd.now.save()
    early = {Stage.LISTED, Stage.INVITED, Stage.STARTED}
    cohort = cohort_of(crowd, officer, risk="overdue")
    assert cohort.companies.count() == sum(known.stage in early for known in crowd.known)


def test_frozen_round_has_nothing_at_risk(crowd: Crowd, officer: User) -> None:
    crowd.now.frozen_at = timezone.now()
    crowd.now.save()
    assert compute_summary(cohort_of(crowd, officer)).at_risk == 0


def test_stall_is_where_most_wait(crowd: Crowd, officer: User) -> None:
    for known in crowd.known[:24]:
        assessment = known.company.assessments.filter(round=crowd.now).first()
        if assessment is not None and known.stage == Stage.ACCEPTED:
            assessment.accepted_at = None
            assessment.save()
    cohort = cohort_of(crowd, officer)
    stall = find_stall(cohort, compute_summary(cohort))
    assert stall is not None
    assert stall.stage == Stage.VERIFIED
    assert stall.days == 20


def test_area_figures_equal_recomputation(crowd: Crowd, cohort: Cohort) -> None:
    figures = list_division_figures(cohort, list(Area.objects.filter(kind=Area.Kind.DIVISION)))
    assert sum(row.companies for row in figures) == 32
    for row in figures:
        runs = [run for known, run in crowd.scored if known.company.division == row.area]
        assert row.scored == len(runs)
        assert row.readiness == median_of(runs)
        assert row.dimensions == tuple(median_of(runs, f"d{number}") for number in range(1, 11))
    assert [row.readiness for row in figures] == sorted((row.readiness or 0 for row in figures), reverse=True)


def test_functional_areas_overlap_divisions(crowd: Crowd, cohort: Cohort) -> None:
    (row,) = list_functional_figures(cohort, list(Area.objects.filter(kind=Area.Kind.FUNCTIONAL)))
    runs = [run for known, run in crowd.scored if known.company.functional_area == row.area]
    assert row.companies == 8
    assert row.readiness == median_of(runs)


def test_level_figures_equal_recomputation(crowd: Crowd, cohort: Cohort) -> None:
    figures = compute_level_figures(cohort)

    def levels(runs: Sequence[ScoreRun | None]) -> tuple[int, ...]:
        counts = Counter(run.official_level for run in runs if run is not None)
        return tuple(counts[level] for level in range(5))

    moves = Counter(
        (known.run_before.official_level, known.run.official_level)
        for known in crowd.known
        if known.run_before is not None and known.run is not None
    )
    assert figures.before == levels([known.run_before for known in crowd.known])
    assert figures.now == levels([known.run for known in crowd.known])
    assert figures.verified == levels([known.verified for known in crowd.known])
    assert figures.moves == tuple(tuple(moves[(i, j)] for j in range(5)) for i in range(5))
    assert figures.moved_up + figures.moved_down <= figures.compared == moves.total()


def test_tiers_and_scores_equal_recomputation(crowd: Crowd, cohort: Cohort) -> None:
    tiers = Counter((known.company.sector_id, run.tier) for known, run in crowd.scored)
    for row in count_sector_tiers(cohort, list(Sector.objects.all())):
        assert row.tiers == tuple(tiers[(row.sector.pk, tier)] for tier in range(4))
    histogram = Counter(min(run.readiness // 500, 19) for _known, run in crowd.scored)
    assert compute_score_histogram(cohort) == tuple(histogram[step] for step in range(20))


def test_highest_score_is_in_the_last_step(crowd: Crowd, officer: User) -> None:
    ScoreRun.objects.update(readiness=10_000)
    pack_again()
    cohort = cohort_of(crowd, officer, score="95")
    assert compute_score_histogram(cohort)[-1] == len(crowd.scored) == cohort.companies.count()


def test_change_compares_own_answers_of_the_same_companies(crowd: Crowd, cohort: Cohort) -> None:
    both = [
        (known.own_before, known.own)
        for known in crowd.known
        if known.own_before is not None and known.own is not None
    ]
    change = compute_score_change(cohort)
    assert change is not None
    assert change.companies == len(both)
    assert change.readiness == median_of([now for _before, now in both])
    assert change.before[6] == median_of([before for before, _now in both], "d7")


def test_change_is_not_taken_across_releases(crowd: Crowd, cohort: Cohort) -> None:
    Activation.objects.all().delete()
    other = Release.objects.get()
    other.pk, other._state.adding, other.name = None, True, "2026.12"
    other.save()
    ScoreRun.objects.filter(submission__assessment__round=crowd.before).update(release=other)
    pack_again()
    assert compute_score_change(cohort) is None


def test_first_round_has_no_change(crowd: Crowd, officer: User) -> None:
    cohort = Cohort(officer, crowd.programme, crowd.before, None, CohortFilters(), True, timezone.now())  # noqa: FBT003
    assert compute_score_change(cohort) is None
    assert compute_level_figures(cohort).compared == 0


@pytest.mark.parametrize(
    ("filters", "matches"),
    [
        ({"level": "2"}, lambda known: known.run is not None and known.run.official_level == 2),
        ({"level": "target"}, lambda known: known.run is not None and known.run.official_level >= 2),
        ({"level": "below"}, lambda known: known.run is not None and known.run.official_level < 2),
        ({"level": "none"}, lambda known: known.run is None),
        ({"level": "9"}, lambda known: False),
        ({"level": "x"}, lambda known: False),
        ({"verified": "1"}, lambda known: known.verified is not None),
        ({"stage": "scored"}, lambda known: known.stage == Stage.SCORED),
        ({"stage": "nonsense"}, lambda known: False),
        ({"reached": "scored"}, lambda known: STAGES.index(known.stage) >= 4),
        ({"sector": "steel"}, lambda known: known.company.sector.code == "steel"),
        ({"division": "450202"}, lambda known: known.company.division.code == "450202"),
        ({"area": "F1"}, lambda known: known.company.functional_area is not None),
        ({"tier": "1"}, lambda known: known.run is not None and known.run.tier == 1),
        ({"before": "1"}, lambda k: k.run_before is not None and k.run_before.official_level == 1),
        ({"short": "bogus"}, lambda known: False),
        (
            {"short": "both"},
            lambda known: (
                known.run is not None
                and known.run.official_level < 2
                and gate_that_fails(known.run, 2) == "both"
            ),
        ),
        (
            {"sector": "steel", "reached": "submitted", "division": "450203"},
            lambda known: (
                known.company.sector.code == "steel"
                and known.company.division.code == "450203"
                and STAGES.index(known.stage) >= 3
            ),
        ),
    ],
)
def test_filter_leaves_what_it_says(
    crowd: Crowd, officer: User, filters: dict[str, str], matches: object
) -> None:
    assert callable(matches)
    expected = {known.company.pk for known in crowd.known if matches(known)}
    assert set(cohort_of(crowd, officer, **filters).companies.values_list("pk", flat=True)) == expected
