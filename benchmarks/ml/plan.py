"""What an upgrade plan says: the goal, the steps, what they cost and how the cost is proven."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Target(NamedTuple):
    """A goal: at least a tier of the model, or an official level."""

    goal: Literal["tier", "level"]
    number: int

    @classmethod
    def tier(cls, number: int) -> Target:
        """Aim for at least this tier: 1 digital workshop, 2 smart factory, 3 provincial benchmark."""
        return cls("tier", number)

    @classmethod
    def level(cls, number: int) -> Target:
        """Aim for at least this official level, 1 to 4."""
        return cls("level", number)

    @classmethod
    def of(cls, raw: Target | int | str | tuple[str, int]) -> Target:
        """Read a target from a plain form: a tier number, "tier:2", "level:3" or a pair of the two parts."""
        parts = (
            tuple(raw.split(":"))
            if isinstance(raw, str)
            else raw
            if isinstance(raw, tuple)
            else ("tier", raw)
        )
        match parts:
            case ("tier" | "level") as goal, number if str(number).isdecimal():
                return cls(goal, int(number))
        raise ValueError(f'{raw!r} is no target; use Target.tier(2), Target.level(3), "tier:2" or "level:3".')


@dataclass(frozen=True)
class UpgradeStep:
    """Raising one item: costs in thousand yuan, gains in points of readiness and of the official base."""

    item: str
    from_stage: int
    """-1 when the question was not answered."""
    to_stage: int
    low: int
    high: int
    cost: int
    months: int
    gain: float
    base_gain: float
    after: tuple[str, ...]
    """Items of the plan that have to be raised first."""
    source: str
    date: str


@dataclass(frozen=True)
class Plan:
    """The cheapest set of steps to a target, or the best within reach when ``feasible`` is False.

    It follows from the model and from typical costs. It promises neither an effect nor an accreditation.
    """

    target: Target
    feasible: bool
    steps: tuple[UpgradeStep, ...]
    """In an order in which they can be taken."""
    cost_low: int
    cost_high: int
    cost: int
    """Sum of midpoints in whole thousand yuan: what is minimised."""
    bound: int | None
    """No set of steps reaches the target for less; None when the target is out of reach."""
    gap: int | None
    """``cost - bound``; 0 proves the plan cheapest."""
    frontier: tuple[tuple[int, float], ...]
    """Pairs (cost, highest readiness it buys), upwards from cost 0, within the budget if one was given."""
    frontier_complete: bool
    """False when prerequisites tie so many items together that only single points were computed."""
    months: int
    """Typical duration: items in parallel, except that needed ones come first."""
    stages: NDArray[np.int8]
    """All stages after the plan (J,)."""
    readiness_before: float
    readiness: float
    """Guarded readiness after the plan."""
    exceed: tuple[float, ...]
    """P(tier >= k) after the plan, k = 1, 2, ..."""
    level_before: int | None
    level: int | None
    """Official level before and after; None where the planner has no official items."""
    tier_stated: bool
    """Whether enough is answered, after the plan, for a tier to be stated at all."""
