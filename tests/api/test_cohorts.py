"""Figures over a whole cohort: right, open to their scope alone, and silent about fewer than five companies."""

from __future__ import annotations

from collections import Counter
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companies.models import Programme
from companies.small_groups import SMALLEST_GROUP, is_small, withhold_counts
from tests.api.conftest import Caller, caller_for
from tests.cohort.crowd import make_crowd

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([0, 0, 0], [0, 0, 0]),
        ([9, 7, 0], [9, 7, 0]),
        ([3], [None]),
        ([50, 3, 20, 9], [50, None, 20, None]),  # alone it would follow from the total
        ([50, 1, 2, 9], [50, None, None, None]),  # together they would still be three
        ([50, 2, 3, 9], [50, None, None, 9]),
        ([50, 4, 4, 9], [50, None, None, None]),  # eight can only be four and four
        ([4, 3, 0], [None, None, 0]),
    ],
)
def test_small_counts_and_what_would_reveal_them_are_withheld(
    counts: list[int], shown: list[int | None]
) -> None:
    assert withhold_counts(counts) == shown


@given(st.lists(st.integers(0, 12), min_size=1, max_size=8))
def test_no_withheld_count_follows_from_the_total(counts: list[int]) -> None:
    shown = withhold_counts(counts)
    hidden = [count for count, seen in zip(counts, shown, strict=True) if seen is None]
    assert all(not 0 < seen < SMALLEST_GROUP for seen in shown if seen is not None)
    assert all(seen in (None, count) for seen, count in zip(shown, counts, strict=True))
    everything = not any(shown)
    assert not hidden or everything or (len(hidden) > 1 and sum(hidden) >= SMALLEST_GROUP)


def test_figures_are_those_of_the_companies(programme: Programme) -> None:
    crowd = make_crowd(programme, 60)
    document = caller_for(programme, "cohort:read").get(f"/api/v1/cohorts/{crowd.now.pk}/").json()
    runs = [run for _, run in crowd.scored]
    assert (document["id"], document["programme"]) == (str(crowd.now.pk), str(programme.pk))
    assert (document["companies"], document["scored"]) == (len(crowd.known), len(runs))
    assert document["readiness"] == pytest.approx(median(run.readiness for run in runs) / 100)
    assert document["dimensions"]["D3"] == pytest.approx(median(run.d3 for run in runs) / 100)
    levels = Counter(run.official_level for run in runs)
    assert not is_small(len(crowd.known) - len(runs))
    assert list(document["official_levels"].values()) == withhold_counts(
        [levels[level] for level in range(5)]
    )
    stages = Counter(known.stage.value for known in crowd.known)
    names = list(document["stages"])
    scored = names.index(
        "scored"
    )  # how many are scored is known, so both ends of the funnel are tables of their own
    early, late = ([stages[name] for name in part] for part in (names[:scored], names[scored:]))
    assert list(document["stages"].values()) == [*withhold_counts(early), *withhold_counts(late)]
    by_sector: dict[str, list[int]] = {}
    for known, run in crowd.scored:
        by_sector.setdefault(known.company.sector.code, []).append(run.readiness)
    for row in document["sectors"]:
        if row["scored"]:
            assert row["readiness"] == pytest.approx(median(by_sector[row["code"]]) / 100)
            assert row["scored"] == len(by_sector[row["code"]]) >= SMALLEST_GROUP
    assert document["synthetic_benchmark"] is True


def test_few_companies_give_no_figure(programme: Programme) -> None:
    crowd = make_crowd(programme, 4)
    document = caller_for(programme).get(f"/api/v1/cohorts/{crowd.now.pk}/").json()
    figures = [document, *document["sectors"], *document["divisions"]]
    assert document["companies"] is None
    assert all(row["readiness"] is None and not row["scored"] for row in figures)
    assert all(set(row["dimensions"].values()) == {None} for row in figures)
    for name in ("stages", "official_levels", "tiers"):
        assert not any(document[name].values()), name


def test_other_scopes_and_other_cities_get_nothing(programme: Programme, other_caller: Caller) -> None:
    crowd = make_crowd(programme, 6)
    path = f"/api/v1/cohorts/{crowd.now.pk}/"
    refused = caller_for(programme, "scores:read", "assessments:read", "companies:read").get(path)
    assert (refused.status_code, refused.json()["required_scope"]) == (403, "cohort:read")
    assert other_caller.get(path).status_code == 404
    assert other_caller.get("/api/v1/cohorts/").json()["results"] == []
    listed = caller_for(programme, "cohort:read").get("/api/v1/cohorts/").json()["results"]
    assert str(crowd.now.pk) in [row["id"] for row in listed]
