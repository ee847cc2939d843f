"""The result as plain figures, and the page made of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from assessments import results
from assessments.actions import submissions
from assessments.models import Assessment, ScoreRun
from assessments.reports.charts import build_moved_chart
from assessments.reports.tables import build_moves_table
from assessments.results import AssessmentResult
from assessments.results.explanation import Moved
from assessments.scoring.compute import score_and_store
from assessments.views.charts import build_waterfall_data
from benchmarks.models import Release
from companies.models import Company
from documents.numbers import compute_change, round_to_hundredths, round_to_tenth
from instrument import AnswerState, ItemAnswer, load_instrument
from tests import factories
from tests.assessments.pages import sign_in


@pytest.fixture
def result(scored: Assessment) -> AssessmentResult:
    found = results.build_result(scored)
    assert found is not None
    return found


def test_result_before_scoring_is_none(answered: Assessment) -> None:
    assert results.build_result(answered) is None


def test_official_reading_agrees_with_the_stored_run(result: AssessmentResult, scored: Assessment) -> None:
    run = scored.self_run
    assert run is not None
    assert result.official.level == run.official_level
    assert result.official.base * 1000 == run.base_points
    assert [gate.scenarios for gate in result.official.gates] == [
        run.scenarios_1, run.scenarios_2, run.scenarios_3, run.scenarios_4
    ]  # fmt: skip
    assert [gate.binding for gate in result.official.gates] == [
        run.binding_1, run.binding_2, run.binding_3, run.binding_4
    ]  # fmt: skip
    assert not result.official.is_verified


def test_what_moved_the_score_adds_up_exactly(result: AssessmentResult) -> None:
    explained = result.explanation
    moved = sum((reading.moved for reading in result.dimensions), Fraction(0))
    assert explained.start + moved == explained.end
    assert round(100 * explained.end) == result.readiness.score


def test_chart_of_what_moved_the_score_prints_the_numbers_of_its_table(result: AssessmentResult) -> None:
    """On the page and in what is drawn for files; the dimensions add up to the score in each."""
    table = build_moves_table(result).rows
    drawn = build_waterfall_data(result)["data"]["rows"]

    assert [Decimal(text.replace("−", "-")) for _name, text in table] == [
        Decimal(f"{row['v']:.1f}") for row in drawn
    ]
    start, *moves, end = (Decimal(text.replace("−", "-")) for _name, text in table)
    assert start + sum(moves) == end
    assert len(moves) == len(result.dimensions)
    svg = build_moved_chart(result).svg
    assert all(text in svg for _name, text in table)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.fractions(30, 70, max_denominator=10_000),
    moved=st.lists(st.fractions(-2, 2, max_denominator=10_000), min_size=10, max_size=10),
)
def test_parts_of_the_score_add_up_as_they_are_printed(
    result: AssessmentResult, start: Fraction, moved: list[Fraction]
) -> None:
    """Whatever the figures are: by dimension, and by the strongest answers with all others."""
    end = start + sum(moved)
    codes = [reading.code for reading in result.dimensions]
    moves = tuple(
        Moved(f"{code}{number}", code, points * share)
        for code, points in zip(codes, moved, strict=True)
        for number, share in enumerate((Fraction(3, 2), Fraction(-1, 2)))
    )
    changed = replace(
        result,
        dimensions=tuple(
            replace(reading, moved=points) for reading, points in zip(result.dimensions, moved, strict=True)
        ),
        explanation=replace(result.explanation, start=start, end=end, moves=moves),
        readiness=replace(result.readiness, score=round_to_hundredths(end)),
    )

    way, answers = changed.score_way, changed.answer_way

    assert way.start + sum(points for _reading, points in way.moves) == way.end
    assert way.end == answers.end == round_to_tenth(changed.readiness.score)
    strongest = (*answers.raising, *answers.lowering)
    assert answers.start + sum(points for _move, points in strongest) + answers.rest == answers.end
    for reading, points in way.moves:
        assert abs(points - 100 * reading.moved) <= 11


def test_tier_chances_are_a_distribution(result: AssessmentResult) -> None:
    assert result.tier is not None
    assert sum(result.tier.chances) == 10_000
    assert result.tier.exceed == tuple(sorted(result.tier.exceed, reverse=True))
    assert result.tier.exceed[0] <= result.tier.ceiling <= 10_000


def test_score_lies_within_its_range(result: AssessmentResult) -> None:
    assert result.readiness.low <= result.readiness.score <= result.readiness.high


def test_comparison_falls_back_to_all_sectors_where_the_own_is_small(
    scored: Assessment, release: Release
) -> None:
    scored.company.sector = factories.make_sector("fishing")
    found = results.build_result(scored)
    assert found is not None
    assert not found.compares_own_sector
    assert found.typical_sme is not None


def next_round(company: Company, owner: User, release: Release, answers: dict[str, ItemAnswer]) -> Assessment:
    """A later round of the same company, submitted and scored."""
    programme = release.programme
    round_ = factories.make_round(programme, "T1")
    later = factories.make_assessment(company, round_)
    factories.store_answers(later, answers, by=owner)
    made = submissions.submit_answers(assessment=later, declared=True, by=owner)
    score_and_store([made], release)
    later.refresh_from_db()
    return later


def test_second_round_shows_uplift_and_history(
    scored: Assessment, company: Company, owner: User, release: Release
) -> None:
    later = next_round(company, owner, release, factories.full_answers(3))
    found = results.build_result(later)
    assert found is not None
    assert [point.round_code for point in found.history] == ["T0", "T1"]
    assert found.uplift is not None
    assert found.uplift.total == compute_change(found.history[0].score, found.history[1].score) > 0
    assert all((reading.change or 0) >= 0 for reading in found.dimensions)


def test_too_many_unknown_answers_state_no_tier(
    client: Client, company: Company, assessment: Assessment, owner: User, release: Release
) -> None:
    answers = factories.full_answers()
    for code in load_instrument().dimensions[6].items:
        answers[code] = ItemAnswer(AnswerState.DONT_KNOW)
    factories.store_answers(assessment, answers, by=owner)
    made = submissions.submit_answers(assessment=assessment, declared=True, by=owner)
    score_and_store([made], release)
    assessment.refresh_from_db()
    found = results.build_result(assessment)
    assert found is not None
    assert found.tier is None
    url = reverse("assessments:result", args=[assessment.pk])
    text = sign_in(client, owner).get(url).content.decode()
    assert "No tier is stated" in text
    assert "lz-stairs" not in text


def test_highest_level_needs_nothing(
    client: Client, assessment: Assessment, owner: User, release: Release
) -> None:
    factories.store_answers(assessment, factories.full_answers(4), by=owner)
    made = submissions.submit_answers(assessment=assessment, declared=True, by=owner)
    score_and_store([made], release)
    url = reverse("assessments:result", args=[assessment.pk])
    text = sign_in(client, owner).get(url).content.decode()
    assert "This is the highest level." in text


def test_result_page_says_what_the_run_says(client: Client, scored: Assessment, owner: User) -> None:
    run = ScoreRun.objects.get()
    text = sign_in(client, owner).get(reverse("assessments:result", args=[scored.pk])).content.decode()
    assert f"{run.points:.1f}<small> / 100" in text
    assert "Provisional" in text
    assert "Synthetic benchmark data." in text
    assert "Limits of use" in text
    assert " style=" not in text


def test_result_page_before_scoring_says_what_to_do(
    client: Client, assessment: Assessment, owner: User
) -> None:
    text = sign_in(client, owner).get(reverse("assessments:result", args=[assessment.pk])).content.decode()
    assert "No result yet" in text
