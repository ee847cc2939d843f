"""The official level rule as whole numbers, taken from the instrument: nothing of it is written in code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from instrument import Instrument

THOUSAND = 1000


class OfficialGate(NamedTuple):
    """Demands of a level: base points in thousandths, and how many scenarios at that level or above."""

    level: int
    base_thousandths: int
    scenarios: int
    binding: int


@dataclass(frozen=True)
class OfficialRule:
    """Gates of the official level.

    ``points`` gives for each scored item the thousandths of a base point at stage 0, 1, ... ``scenarios`` are
    the codes of the business scenarios, ``binding`` those that also count towards the binding quota.
    """

    points: Mapping[str, tuple[int, ...]]
    scenarios: frozenset[str]
    binding: frozenset[str]
    gates: tuple[OfficialGate, ...]

    @classmethod
    def from_instrument(cls, instrument: Instrument) -> OfficialRule:
        """Read the rule from an instrument definition.

        A stage that no answer gives exactly (some of B4's) is worth what the next lower one is.

        Raises
        ------
        ValueError
            When a stage is worth a fraction of a thousandth, which this rule could not hold exactly.
        """
        points = {}
        for item in instrument.items:
            if item.part != "official":
                continue
            worth = [
                (item.compute_points(item.get_value_for_stage(stage)) or 0) * THOUSAND
                for stage in range(item.max_stage + 1)
            ]
            points[item.code] = tuple(_require_whole(item.code, value) for value in worth)
        scenarios = [item for item in instrument.items if item.part == "scenario"]
        return cls(
            points=points,
            scenarios=frozenset(item.code for item in scenarios),
            binding=frozenset(item.code for item in scenarios if item.binding),
            gates=tuple(
                OfficialGate(
                    gate.level,
                    _require_whole(f"level {gate.level}", gate.base * THOUSAND),
                    gate.scenarios,
                    gate.binding,
                )
                for gate in instrument.rule.gates
            ),
        )

    def get_gate(self, level: int) -> OfficialGate:
        """Return the gate of a level; ValueError when the rule has none."""
        for gate in self.gates:
            if gate.level == level:
                return gate
        raise ValueError(
            f"There is no official level {level}; the rule has {[gate.level for gate in self.gates]}."
        )

    def compute_base(self, stages: Mapping[str, int]) -> int:
        """Return the base points in thousandths; an item without a stage counts as its lowest option."""
        return sum(worth[max(stages.get(code, 0), 0)] for code, worth in self.points.items())

    def is_gate_passed(self, stages: Mapping[str, int], gate: OfficialGate) -> bool:
        """Return whether the stages (by item code) pass a gate: base points and both quotas."""
        reached = {code for code in self.scenarios if stages.get(code, 0) >= gate.level}
        return (
            self.compute_base(stages) >= gate.base_thousandths
            and len(reached) >= gate.scenarios
            and len(reached & self.binding) >= gate.binding
        )

    def compute_level(self, stages: Mapping[str, int]) -> int:
        """Return the highest level whose gate the stages pass, 0 when none."""
        return max((gate.level for gate in self.gates if self.is_gate_passed(stages, gate)), default=0)


def _require_whole(place: str, value: object) -> int:
    whole = int(value)  # type: ignore[call-overload]
    if whole != value:
        raise ValueError(f"{place}: {value} thousandths of a point is not a whole number.")
    return int(whole)
