"""The invented cohort: recognisably invented, the same every time, and of the wanted shape."""

from __future__ import annotations

from collections import Counter

import pytest

from assessments.models.stage import Stage
from cohort.demo import plan
from cohort.demo.companies import COUNT, DIVISIONS
from cohort.demo.workbook import DemoCohort, invent_cohort
from companies.credit_code import has_valid_check, is_well_formed
from companies.size import SizeClass, classify_size
from instrument import contradictions, list_unfinished, official


@pytest.fixture(scope="module")
def cohort() -> DemoCohort:
    return invent_cohort()


def test_every_company_is_recognisably_invented(cohort: DemoCohort) -> None:
    for company in cohort.companies:
        assert company.profile["is_fictitious"]
        assert company.profile["name"].endswith("（示例）")
        assert company.profile["name_en"].endswith("(sample)")
        assert "FAKE" in company.credit_code
        assert is_well_formed(company.credit_code)
        assert has_valid_check(company.credit_code)


def test_names_and_codes_occur_once(cohort: DemoCohort) -> None:
    assert len({company.credit_code for company in cohort.companies}) == COUNT
    assert len({company.profile["name"] for company in cohort.companies}) == COUNT


def test_places_sectors_and_sizes_have_the_wanted_mix(cohort: DemoCohort) -> None:
    assert Counter(company.division for company in cohort.companies) == DIVISIONS
    assert Counter(company.sector for company in cohort.companies) == {
        "automotive": 218, "construction_machinery": 130, "steel": 87,
    }  # fmt: skip
    sizes = Counter(company.size for company in cohort.companies)
    assert sizes == {SizeClass.SMALL: 282, SizeClass.MEDIUM: 109, SizeClass.MICRO: 44}


def test_figures_of_the_latest_year_give_the_size_class(cohort: DemoCohort) -> None:
    for company, business in zip(cohort.companies, cohort.business, strict=True):
        latest = business.years[-1]
        assert latest.employees is not None
        assert latest.revenue_wan is not None
        assert classify_size(latest.employees, latest.revenue_wan) == company.size


def test_official_levels_are_the_wanted_ones(cohort: DemoCohort) -> None:
    assert (
        tuple(Counter(cohort.rounds["T0"].level.tolist())[level] for level in range(5)) == plan.LEVELS_AT_T0
    )
    assert cohort.rounds["T1"].level.tolist() == cohort.plan.levels_t1.tolist()
    for row in range(0, COUNT, 40):
        for code, found in cohort.rounds.items():
            assert (
                official.grade(cohort.instrument, cohort.build_answers(row, code)).level == found.level[row]
            )


def test_answers_can_be_submitted(cohort: DemoCohort) -> None:
    for row in range(0, COUNT, 25):
        assert list_unfinished(cohort.instrument, cohort.build_answers(row, "T1")) == []


def test_few_companies_contradict_their_figures(cohort: DemoCohort) -> None:
    rows = range(0, COUNT, 2)
    rules = {"share", "part_exceeds_total", "direction", "differs"}
    contradicting = [
        row
        for row in rows
        if any(
            found.rule in rules
            for found in contradictions.find(cohort.instrument, cohort.build_answers(row, "T1"))
        )
    ]
    assert 0.03 < len(contradicting) / len(rows) < 0.15


def test_funnel_has_the_wanted_counts_and_accepts_from_level_two(cohort: DemoCohort) -> None:
    order = list(Stage)
    reached = [order.index(stage) for stage in cohort.plan.stages_t1]
    for stage, count in plan.FUNNEL_AT_T1.items():
        assert sum(place >= order.index(stage) for place in reached) == count
    accepted = [row for row, stage in enumerate(cohort.plan.stages_t1) if stage is Stage.ACCEPTED]
    assert min(cohort.rounds["T1"].level[accepted]) >= 2
    assert cohort.plan.stages_t1[plan.MANAGED] is Stage.STARTED


def test_the_same_seed_gives_the_same_cohort(cohort: DemoCohort) -> None:
    again = invent_cohort()

    assert again.companies == cohort.companies
    assert again.business == cohort.business
    assert (again.rounds["T1"].stages == cohort.rounds["T1"].stages).all()
