"""Why a score is what it is: exact contributions, the place in the sector, and the way through the rounds."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from assessments.actions import submissions
from assessments.answering import queries
from assessments.models import Assessment, ScoreRun
from assessments.results import history
from assessments.results.explanation import Explanation, _References, explain_run
from assessments.scoring.compute import parse_scorecard, score_and_store
from benchmarks.actions import releases
from benchmarks.ml import BenchmarkPosition
from benchmarks.models import Release, Tier
from benchmarks.training import TrainingRows, read_training_rows
from companies.models import Company
from tests import factories
from tests.assessments.pages import sign_in
from tests.assessments.test_results import next_round


@pytest.fixture
def run(scored: Assessment) -> ScoreRun:
    return ScoreRun.objects.select_related("release", "submission").get()


@pytest.fixture
def explanation(run: ScoreRun) -> Explanation:
    return explain_run(run, "automotive")


def test_moves_lead_exactly_from_the_typical_sme_to_the_score(
    explanation: Explanation, run: ScoreRun
) -> None:
    moved = sum((move.points for move in explanation.moves), Fraction(0))
    assert explanation.start + moved == explanation.end
    assert round(100 * explanation.end) == run.readiness
    assert sum(explanation.by_dimension.values()) == moved
    assert sorted(explanation.by_dimension) == sorted(f"D{number}" for number in range(1, 11))


def test_strongest_answers_come_first(explanation: Explanation) -> None:
    raising, lowering = explanation.list_strongest_moves(5)
    assert raising[0].points == max(move.points for move in explanation.moves)
    assert lowering[0].points == min(move.points for move in explanation.moves)
    assert all(move.points > 0 for move in raising)
    assert all(move.points < 0 for move in lowering)


def test_position_is_the_share_of_the_sectors_rows_below(explanation: Explanation, run: ScoreRun) -> None:
    rows = TrainingRows.parse(read_training_rows(run.release))
    scores = parse_scorecard(run.release.scorecard).score(rows.stages, "estimate").stored().readiness
    for found in explanation.positions:
        group = scores[(rows.tiers == found.tier) & (rows.sectors == "automotive")]
        # Of the tier of twelve, other sectors have fewer than five; six would follow for them from the rest.
        assert found.n == (None if found.tier == 3 else len(group))
        if len(group) < 10:
            assert found.position is None
            continue
        below = (group < run.readiness).sum() + (group == run.readiness).sum() / 2
        assert found.position is not None
        assert found.position.percentile == pytest.approx(100 * below / len(group))
        assert found.position.low <= found.position.percentile <= found.position.high


def test_sector_without_facilities_falls_back_for_answers_and_says_nothing_of_places(run: ScoreRun) -> None:
    explanation = explain_run(run, "fishing")
    assert not explanation.is_own_sector
    assert (
        explanation.n
        == (np.array(TrainingRows.parse(read_training_rows(run.release)).tiers) == Tier.SME).sum()
    )
    assert all(found.position is None and found.n == 0 for found in explanation.positions)


def test_change_under_one_release_is_all_answers(
    scored: Assessment, company: Company, owner: User, release: Release
) -> None:
    later = next_round(company, owner, release, factories.full_answers(3))
    (change,) = history.list_round_changes(queries.list_rounds_with_runs(later))
    assert change.is_same_release
    assert change.uplift is not None
    assert scored.run is not None
    assert later.run is not None
    assert (change.uplift.before, change.uplift.after) == (scored.run.readiness, later.run.readiness)
    assert change.uplift.answers == change.uplift.total
    assert change.uplift.verification == change.uplift.method == 0


def test_change_of_release_is_split_from_what_was_reported_then(
    scored: Assessment, company: Company, owner: User, release: Release
) -> None:
    programme = release.programme
    values = {
        field.attname: getattr(release, field.attname)
        for field in Release._meta.concrete_fields
        if field.attname not in {"id", "trained_at", "name"}
    }
    newer = Release.objects.create(name="9.9", **values)
    first, second = (factories.make_staff(programme, Role.STEWARD, name) for name in ("Dora", "Emil"))
    releases.promote(release=newer, proposed_by=first, confirmed_by=second)
    reported = scored.run
    score_and_store(list(scored.submissions.all()), newer)
    later = factories.make_assessment(company, factories.make_round(programme, "T1"))
    factories.store_answers(later, factories.full_answers(3), by=owner)
    score_and_store([submissions.submit_answers(assessment=later, declared=True, by=owner)], newer)
    later.refresh_from_db()
    (change,) = history.list_round_changes(queries.list_rounds_with_runs(later))
    assert (change.old, change.new) == (release, newer)
    assert not change.is_same_release
    assert change.uplift is not None
    assert reported is not None
    assert change.uplift.before == reported.readiness
    parts = change.uplift.answers + change.uplift.verification + change.uplift.method
    assert change.uplift.before + parts == change.uplift.after


def test_first_round_has_no_history(scored: Assessment) -> None:
    assert history.list_round_changes(queries.list_rounds_with_runs(scored)) == []


def test_result_page_says_places_and_answers(client: Client, scored: Assessment, owner: User) -> None:
    text = sign_in(client, owner).get(reverse("assessments:result", args=[scored.pk])).content.decode()
    assert "Your place in your sector" in text
    assert "not shown, to protect single facilities" in text
    assert "Answers that moved it most" in text


def test_second_round_shows_the_split_on_the_page(
    client: Client, scored: Assessment, company: Company, owner: User, release: Release
) -> None:
    later = next_round(company, owner, release, factories.full_answers(3))
    text = sign_in(client, owner).get(reverse("assessments:result", args=[later.pk])).content.decode()
    assert f"T0, as reported then (model version {release.name})" in text
    assert "T1, as it counts now" in text


@pytest.mark.parametrize("small", [4, 3, 2, 1])
def test_small_tier_does_not_follow_from_the_sectors_and_the_total(small: int) -> None:
    """The total of facilities is known; with a small tier, no sector's counts may add up to the rest."""
    sizes = {1: (30, 32), 2: (40, 35), 3: (small, 0)}
    tiers = [tier for tier, row in sizes.items() for count in row for _ in range(count)]
    sectors = [
        name for row in sizes.values() for name, count in zip("ab", row, strict=True) for _ in range(count)
    ]
    rows = SimpleNamespace(tiers=np.array(tiers), sectors=np.array(sectors))
    references = _References(cast(TrainingRows, rows), BenchmarkPosition())
    shown = [references.count_shown_rows(name)[tier] for name in "ab" for tier in (1, 2, 3)]
    assert shown == [None, 40, None, None, None, 0]
