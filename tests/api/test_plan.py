"""Plans and explanations for programs."""

from __future__ import annotations

import pytest

from assessments.models import Assessment, ScoreRun
from assessments.results.explanation import explain_run
from benchmarks.models import Release
from tests.api.conftest import Caller, caller_for


@pytest.fixture
def run(scored: Assessment) -> ScoreRun:
    return ScoreRun.objects.select_related("release", "submission").get()


def test_single_score_explains_itself(caller: Caller, run: ScoreRun) -> None:
    row = caller.get(f"/api/v1/scores/{run.pk}/").json()
    parts = row["contributions"]
    assert len(parts["items"]) == 60
    assert parts["start"] + sum(parts["items"].values()) == pytest.approx(row["readiness"], abs=0.0051)
    assert sum(parts["dimensions"].values()) == pytest.approx(sum(parts["items"].values()), abs=1e-4)
    explained = explain_run(run, run.submission.assessment.company.sector.code)
    assert [place["n"] for place in row["positions"]] == [found.n or 0 for found in explained.positions]
    assert all((place["percentile"] is None) == (place["n"] < 10) for place in row["positions"])


def test_list_leaves_explanations_out(caller: Caller, run: ScoreRun) -> None:
    (row,) = caller.get("/api/v1/scores/").json()["results"]
    assert "contributions" not in row


def test_next_level_is_the_default(caller: Caller, run: ScoreRun) -> None:
    plan = caller.get(f"/api/v1/scores/{run.pk}/plan/").json()
    assert plan["target"] == {"goal": "level", "number": run.official_level + 1}
    assert plan["feasible"] is True
    assert plan["gap"] == 0
    assert plan["level_before"] == run.official_level
    assert plan["level_after"] == run.official_level + 1
    assert plan["cost_low"] == sum(step["cost_low"] for step in plan["steps"])
    assert {step["source"] for step in plan["steps"]} == {"platform estimate"}
    assert plan["synthetic_benchmark"] is True
    assert "not a promise" in plan["notice"]


def test_certain_tier_within_a_budget_says_what_is_possible(caller: Caller, run: ScoreRun) -> None:
    plan = caller.get(f"/api/v1/scores/{run.pk}/plan?target=tier:3&budget=50").json()
    assert plan["target"] == {"goal": "tier", "number": 3}
    assert plan["feasible"] is False
    assert plan["bound"] is None
    assert plan["cost"] <= 50
    assert plan["readiness_after"] > plan["readiness_before"]
    assert plan["frontier"][-1]["cost"] <= 50


def test_excluded_items_and_outcomes_stay_out(caller: Caller, run: ScoreRun) -> None:
    def items(query: str) -> set[str]:
        plan = caller.get(f"/api/v1/scores/{run.pk}/plan?target=level:4{query}").json()
        return {step["item"] for step in plan["steps"]}

    every = items("")
    assert not every & {"G4", "R1", "R2", "R3", "R4"}
    first = sorted(every)[0]
    assert first not in items(f"&exclude={first}")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("target=moon", "target"),
        ("target=level:9", "target"),
        ("target=tier:0", "target"),
        ("exclude=Z9", "exclude"),
        ("budget=-1", "budget"),
        ("probability=1", "probability"),
    ],
)
def test_nonsense_is_refused_by_field(caller: Caller, run: ScoreRun, query: str, field: str) -> None:
    response = caller.get(f"/api/v1/scores/{run.pk}/plan?{query}")
    assert response.status_code == 400
    assert field in response.content.decode()


def test_plan_of_another_city_is_not_found(other_caller: Caller, run: ScoreRun) -> None:
    assert other_caller.get(f"/api/v1/scores/{run.pk}/plan").status_code == 404


def test_plan_needs_the_scope_of_scores(run: ScoreRun, release: Release) -> None:
    response = caller_for(release.programme, "companies:read").get(f"/api/v1/scores/{run.pk}/plan")
    assert response.status_code == 403
