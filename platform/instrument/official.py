"""The official level of digitalisation, 0 to 4.

Rule of the ministry's 2024 edition (notice 工信厅企业〔2024〕56号) as transcribed in the definition files: a
level is reached when the base points, the number of scenarios at that level or above, and the number of
binding ones among them all reach the gates of that level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from instrument.answers import AnswerState, ItemAnswer
from instrument.definition import Instrument
from instrument.item import Item


@dataclass(frozen=True, slots=True)
class Gate:
    """Needs of a level, what there is, and whether each gate is passed; `passed` means all of them."""

    level: int
    base_needed: Fraction
    base_passed: bool
    scenarios_needed: int
    scenarios: int
    binding_needed: int
    binding: int
    passed: bool


@dataclass(frozen=True, slots=True)
class ScenarioStep:
    """A scenario to lift to the next level; `stage` is where it stands today."""

    code: str
    stage: int
    binding: bool


@dataclass(frozen=True, slots=True)
class BaseStep:
    """A scored item that can add base points; `gain` is what one more option adds."""

    code: str
    gain: Fraction


@dataclass(frozen=True, slots=True)
class NextLevel:
    """Shortfall to the level above the present one.

    `scenarios` is a smallest set that closes the second gate, those with the fewest stages to climb first in
    line. `base_items` are all items that can add points, least effort first; empty when the base suffices.
    """

    level: int
    base_short: Fraction
    scenarios_short: int
    binding_short: int
    scenarios: tuple[ScenarioStep, ...]
    base_items: tuple[BaseStep, ...]


@dataclass(frozen=True, slots=True)
class OfficialResult:
    """The official level of a set of answers, and how it comes about.

    `by_dimension` holds base points by the Chinese name of each scored dimension; `at_level` and
    `binding_at_level` count scenarios at a level or above; `next` is None at the highest level.
    """

    level: int
    base: Fraction
    by_dimension: dict[str, Fraction]
    at_level: dict[int, int]
    binding_at_level: dict[int, int]
    gates: tuple[Gate, ...]
    next: NextLevel | None


def grade(instrument: Instrument, answers: Mapping[str, ItemAnswer]) -> OfficialResult:
    """Return the official result; no answer counts as the lowest option of the item, so does "don't know".

    The caller sees to it that a set is complete before a level is stated for a company. Raises
    `InvalidAnswer` for a value that an item does not have.
    """
    points = {item.code: _get_points(item, answers.get(item.code)) for item in instrument.official_items}
    levels = {item.code: _get_level(item, answers.get(item.code)) for item in instrument.scenarios}
    base = sum(points.values(), Fraction(0))
    gates = []
    for gate in instrument.rule.gates:
        reached = [item for item in instrument.scenarios if levels[item.code] >= gate.level]
        binding = sum(item.binding for item in reached)
        gates.append(
            Gate(
                level=gate.level,
                base_needed=gate.base,
                base_passed=base >= gate.base,
                scenarios_needed=gate.scenarios,
                scenarios=len(reached),
                binding_needed=gate.binding,
                binding=binding,
                passed=base >= gate.base and len(reached) >= gate.scenarios and binding >= gate.binding,
            )
        )
    level = max((gate.level for gate in gates if gate.passed), default=0)
    following = next((gate for gate in gates if gate.level == level + 1), None)
    return OfficialResult(
        level=level,
        base=base,
        by_dimension={
            dimension.code: sum((points[code] for code in dimension.items), Fraction(0))
            for dimension in instrument.rule.dimensions
        },
        at_level={gate.level: gate.scenarios for gate in gates},
        binding_at_level={gate.level: gate.binding for gate in gates},
        gates=tuple(gates),
        next=_build_next_level(instrument, following, base, points, levels) if following else None,
    )


def _get_points(item: Item, answer: ItemAnswer | None) -> Fraction:
    if answer is None or answer.state is not AnswerState.ANSWERED or answer.value is None:
        return Fraction(0)
    return item.compute_points(answer.value) or Fraction(0)


def _get_level(item: Item, answer: ItemAnswer | None) -> int:
    if answer is None or answer.state is not AnswerState.ANSWERED or answer.value is None:
        return 0
    return item.get_stage(answer.value)


def _build_next_level(
    instrument: Instrument,
    gate: Gate,
    base: Fraction,
    points: Mapping[str, Fraction],
    levels: Mapping[str, int],
) -> NextLevel:
    scenarios_short = max(0, gate.scenarios_needed - gate.scenarios)
    binding_short = max(0, gate.binding_needed - gate.binding)
    base_short = max(Fraction(0), gate.base_needed - base)
    below = [
        ScenarioStep(code=item.code, stage=levels[item.code], binding=item.binding)
        for item in instrument.scenarios
        if levels[item.code] < gate.level
    ]
    return NextLevel(
        level=gate.level,
        base_short=base_short,
        scenarios_short=scenarios_short,
        binding_short=binding_short,
        scenarios=_choose_scenario_steps(below, scenarios_short, binding_short),
        base_items=_list_base_steps(instrument, points) if base_short else (),
    )


def _choose_scenario_steps(
    below: list[ScenarioStep], scenarios_short: int, binding_short: int
) -> tuple[ScenarioStep, ...]:
    """Choose as few scenarios as close the gate, with the fewest stages to climb, the binding quota first."""
    nearest = sorted(below, key=lambda step: -step.stage)
    chosen = [step for step in nearest if step.binding][:binding_short]
    rest = [step for step in nearest if step not in chosen]
    chosen += rest[: max(0, scenarios_short - len(chosen))]
    return tuple(sorted(chosen, key=lambda step: (-step.stage, step.code)))


def _list_base_steps(instrument: Instrument, points: Mapping[str, Fraction]) -> tuple[BaseStep, ...]:
    """List one step per item that can still gain; least effort first, then most gain, then item order."""
    steps = [
        (item.effort or 0, BaseStep(code=item.code, gain=item.compute_next_gain(points[item.code])))
        for item in instrument.official_items
        if points[item.code] < item.max_points
    ]
    return tuple(step for _, step in sorted(steps, key=lambda pair: (pair[0], -pair[1].gain)))
