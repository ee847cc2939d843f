"""Sentences of the report about what is missing."""

from __future__ import annotations

from fractions import Fraction

import pytest
from django.utils.translation import override

from assessments.reports.sentences import format_scenarios_to_lift
from instrument import NextLevel, ScenarioStep


@pytest.mark.parametrize(
    ("scenarios", "binding", "english", "chinese"),
    [
        (2, 0, "Lift 2 scenarios to level 2.", "把 2 个场景提升到二级。"),
        (1, 0, "Lift 1 scenario to level 2.", "把 1 个场景提升到二级。"),
        (1, 1, "Lift 1 binding scenario ★ to level 2.", "把 1 个约束性场景 ★ 提升到二级。"),
        (
            3,
            1,
            "Lift 3 scenarios to level 2, at least 1 of them binding ★.",
            "把 3 个场景提升到二级，其中约束性场景 ★ 至少 1 个。",
        ),
    ],
)
def test_binding_scenarios_are_named_where_they_are_missing(
    scenarios: int, binding: int, english: str, chinese: str
) -> None:
    steps = tuple(
        ScenarioStep(code=f"C0{number}", stage=1, binding=number < binding) for number in range(scenarios)
    )
    following = NextLevel(
        level=2,
        base_short=Fraction(0),
        scenarios_short=scenarios,
        binding_short=binding,
        scenarios=steps,
        base_items=(),
    )

    for language, sentence in (("en", english), ("zh-hans", chinese)):
        with override(language):
            assert format_scenarios_to_lift(following) == sentence
