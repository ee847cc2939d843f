"""Answers that do not fit the figures or each other."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given

from instrument import AnswerState, Contradiction, ItemAnswer, ProfileFigures, Value, contradictions
from tests.instrument.strategies import INSTRUMENT, SETS, answer_sets

SAME = {"staff_last": "100", "revenue_last_wan": "1000", "staff_before": "100", "revenue_before_wan": "1000"}


def answered(value: Value, **figures: str) -> ItemAnswer:
    return ItemAnswer(AnswerState.ANSWERED, value, figures=figures)


def find(
    profile: ProfileFigures | None = None, /, **answers: ItemAnswer
) -> list[tuple[str, str, str, str, Decimal]]:
    found = contradictions.find(INSTRUMENT, answers, profile)
    return [(one.item, one.rule, one.answer, one.expected, one.figure) for one in found]


@pytest.mark.parametrize(
    ("digital", "expected"),
    [
        (0, "A"), (100, "A"), (101, "B"), (200, "B"), (201, "C"),
        (400, "C"), (401, "D"), (600, "D"), (601, "E"), (1000, "E"),
    ],
)  # fmt: skip
def test_share_at_the_edge_of_a_range_belongs_to_the_lower_one(digital: int, expected: str) -> None:
    figures = {"machines_total": "1000", "machines_digital": str(digital)}
    for answer in "ABCDE":
        found = find(B2=answered(answer, **figures))
        wrong = [("B2", "share", answer, expected, Decimal(digital) / 10)]
        assert found == ([] if answer == expected else wrong)


def test_networked_machines_are_compared_with_the_total_of_the_digital_question() -> None:
    b2 = ItemAnswer(AnswerState.LATER, figures={"machines_total": "50"})
    assert find(B2=b2, B3=answered("B", machines_networked="10")) == []
    assert find(B2=b2, B3=answered("C", machines_networked="10")) == [
        ("B3", "share", "C", "B", Decimal("20.00"))
    ]
    assert find(B3=answered("E", machines_networked="10")) == []


def test_more_digital_machines_than_machines_are_impossible() -> None:
    b2 = answered("E", machines_total="10", machines_digital="11")
    assert find(B2=b2) == [("B2", "part_exceeds_total", "E", "", Decimal(11))]


def test_factory_without_machines_has_no_share() -> None:
    assert find(B2=answered("A", machines_total="0", machines_digital="0")) == []


def test_spend_is_taken_from_the_profile_first() -> None:
    profile = ProfileFigures(
        revenue_wan={2022: Decimal(1), 2023: Decimal(1000), 2024: Decimal(1000), 2025: Decimal(1000)},
        digital_spend_wan={2022: Decimal(1), 2023: Decimal(100), 2024: Decimal(200), 2025: Decimal(300)},
    )
    g4 = answered("C", digital_spend_wan="1")
    assert find(profile, G4=g4) == [("G4", "share", "C", "B", Decimal("20.00"))]
    assert find(profile, G4=answered("B")) == []


def test_spend_of_a_young_company_uses_the_years_it_has() -> None:
    profile = ProfileFigures({2025: Decimal(100)}, {2025: Decimal("10.01")})
    assert find(profile, G4=answered("A")) == [("G4", "share", "A", "B", Decimal("10.01"))]


def test_spend_without_a_profile_uses_the_figures_beside_the_answers() -> None:
    g4 = answered("C", digital_spend_wan="100")
    assert find(G4=g4, R3=answered("B", **SAME)) == [("G4", "share", "C", "A", Decimal("10.00"))]
    assert find(ProfileFigures(), G4=g4, R3=answered("B", **SAME)) != []
    assert find(G4=g4) == []


@pytest.mark.parametrize(
    ("revenue", "expected"), [("1010", "B"), ("1010.01", "C"), ("990", "B"), ("989.99", "A")]
)
def test_revenue_per_head_within_one_per_cent_is_unchanged(revenue: str, expected: str) -> None:
    figures = SAME | {"revenue_last_wan": revenue}
    for answer in "ABC":
        found = [one[:4] for one in find(R3=answered(answer, **figures))]
        assert found == ([] if answer == expected else [("R3", "direction", answer, expected)])


@pytest.mark.parametrize(("after", "expected"), [("96", "B"), ("96.01", "C"), ("94", "B"), ("93.9", "A")])
def test_pass_rate_is_compared_in_percentage_points(after: str, expected: str) -> None:
    figures = {"pass_rate_before_pct": "95", "pass_rate_after_pct": after}
    for answer in "ABC":
        found = [one[:4] for one in find(R2=answered(answer, **figures))]
        assert found == ([] if answer == expected else [("R2", "direction", answer, expected)])


def test_cost_that_rose_more_slowly_than_revenue_is_lower() -> None:
    r3 = answered("C", **(SAME | {"revenue_last_wan": "1200"}))
    costs = {"cost_last_wan": "900", "cost_before_wan": "800"}
    assert find(R3=r3, R4=answered("C", **costs)) == []
    assert find(R3=r3, R4=answered("A", **costs)) == [("R4", "direction", "A", "C", Decimal("-6.25"))]


def test_energy_that_does_not_fit_is_said_to_differ_not_to_be_wrong() -> None:
    r1 = answered("C", energy_last_tce="110", energy_before_tce="100")
    found = contradictions.find(INSTRUMENT, {"R1": r1, "R3": answered("B", **SAME)}, None)
    assert [(one.rule, one.expected, one.figure) for one in found] == [("differs", "A", Decimal("10.00"))]
    assert "may differ" in found[0].message.en
    assert "可能不同" in found[0].message.zh_hans


def test_change_from_nothing_is_passed_over() -> None:
    figures = SAME | {"revenue_before_wan": "0"}
    assert find(R3=answered("A", **figures), R4=answered("A", cost_last_wan="1", cost_before_wan="0")) == []


def test_full_coverage_with_three_idle_scenarios_is_flagged() -> None:
    idle = {f"C0{number}": answered(0) for number in (1, 2, 3)}
    assert find(None, B5=answered("E"), **idle) == [("B5", "full_coverage", "E", "", Decimal(3))]
    assert find(None, B5=answered("D"), **idle) == []
    assert find(B5=answered("E"), C01=answered(0), C02=answered(0)) == []


def test_automatic_capture_in_a_link_without_a_system_is_flagged() -> None:
    b4 = answered(("G", "H"))
    assert find(B4=b4, C06=answered(1), C07=answered(2)) == [
        ("B4", "capture_without_system", "G", "", Decimal(1))
    ]
    assert find(B4=b4) == []


def test_integrated_scenario_with_one_system_at_most_is_flagged() -> None:
    assert find(B5=answered("B"), C06=answered(3), C07=answered(2)) == [
        ("B5", "integration_without_systems", "B", "", Decimal(1))
    ]
    assert find(B5=answered("C"), C06=answered(3)) == []


def test_draft_with_unreadable_answers_is_passed_over() -> None:
    figures = {"machines_total": "ten", "machines_digital": "4", "unknown": "1"}
    assert find(B2=answered("Z", **figures), C01=answered("nine"), B4=answered(("A", "B"))) == []


def test_messages_are_in_both_languages() -> None:
    found: list[Contradiction] = contradictions.find(
        INSTRUMENT,
        {
            "B2": answered("A", machines_total="10", machines_digital="5", machines_networked="4"),
            "B3": answered("A", machines_networked="11"),
            "B4": answered(("B",)),
            "B5": answered("E"),
            "R2": answered("A", pass_rate_after_pct="99", pass_rate_before_pct="90"),
        }
        | {f"C0{number}": answered(0) for number in (1, 2, 3)},
        None,
    )
    assert {one.rule for one in found} == {
        "share", "part_exceeds_total", "direction", "full_coverage", "capture_without_system",
    }  # fmt: skip
    han = "[\u4e00-\u9fff]"
    for one in found:
        assert not re.search(han, one.message.en)
        assert re.search(han, one.message.zh_hans)
        assert not re.search(f"{han}[,.;:!?()]", one.message.zh_hans)


@SETS
@given(answers=answer_sets())
def test_any_valid_answers_can_be_checked(answers: dict[str, ItemAnswer]) -> None:
    for one in contradictions.find(INSTRUMENT, answers, None):
        assert one.item in INSTRUMENT.item_order
