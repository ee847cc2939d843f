"""The most points for every budget: a multiple-choice knapsack solved exactly over whole costs.

One choice is taken from each group; costs are whole thousand yuan, values whole units of points. The table
``best[c]`` holds the most that a budget of ``c`` buys, so the whole frontier comes from one pass, and a
chosen cost is optimal by construction (Kellerer, Pferschy and Pisinger, Knapsack Problems, 2004, chapter 11).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

LARGEST_MERGE = 20_000
INT64_ROOM = 2**62


class UpgradeChoice(NamedTuple):
    """Choice to raise items to new stages: pairs (item position, stage); staying put is the empty choice."""

    cost: int
    value: int
    moves: tuple[tuple[int, int], ...]


Group = tuple[UpgradeChoice, ...]


def prune_choices(choices: Sequence[UpgradeChoice]) -> Group:
    """Drop every choice for which another costs no more and brings no less."""
    kept: list[UpgradeChoice] = []
    for choice in sorted(choices, key=lambda c: (c.cost, -c.value, len(c.moves))):
        if not kept or choice.value > kept[-1].value:
            kept.append(choice)
    return tuple(kept)


def merge_groups(groups: Sequence[Group], allowed: Callable[[dict[int, int]], bool]) -> Group | None:
    """Combine groups into one that holds the allowed combinations; None when there are too many to list."""
    if math.prod(len(group) for group in groups) > LARGEST_MERGE:
        return None
    combined = []
    for parts in product(*groups):
        moves = tuple(move for part in parts for move in part.moves)
        if allowed(dict(moves)):
            combined.append(UpgradeChoice(sum(p.cost for p in parts), sum(p.value for p in parts), moves))
    return prune_choices(combined)


class Frontier:
    """The solved table: the most value for every cost from 0 to ``largest_cost``.

    Parameters
    ----------
    groups : sequence of Group
        Each with a choice of cost 0, values not negative.
    budget : int or None
        Costs above it are not looked at.
    """

    def __init__(self, groups: Sequence[Group], budget: int | None = None) -> None:
        # Cheap groups first: the table is only as long as what has been spent so far.
        self.groups = sorted(
            (g for g in map(prune_choices, groups) if len(g) > 1 or g[0].value or g[0].moves),
            key=lambda group: group[-1].cost,
        )
        self.unit = math.gcd(*(choice.cost for group in self.groups for choice in group)) or 1
        cap = None if budget is None else budget // self.unit
        largest = sum(max(choice.value for choice in group) for group in self.groups)
        # Fractions of many different fills can need more than 64 bits; Python's numbers are slower, not
        # wrong.
        kind: Any = np.int64 if largest < INT64_ROOM else object
        self._best: NDArray[Any] = np.zeros(1, dtype=kind)
        self._picks: list[NDArray[np.uint16]] = []
        for group in self.groups:
            self._add_group(group, cap, kind)

    def _add_group(self, group: Group, cap: int | None, kind: Any) -> None:
        before = self._best
        costs = [choice.cost // self.unit for choice in group]
        length = len(before) + max(costs)
        if cap is not None:
            length = min(length, cap + 1)
        # Beyond what could be spent so far, more money buys nothing more.
        base = np.full(length, before[-1], dtype=kind)
        base[: len(before)] = before[:length]
        best = np.full(length, -1, dtype=kind)
        pick = np.zeros(length, dtype=np.uint16)
        for index, (cost, choice) in enumerate(zip(costs, group, strict=True)):
            if cost >= length:
                continue
            candidate = base[: length - cost] + choice.value
            better = candidate > best[cost:]
            np.copyto(best[cost:], candidate, where=better)
            np.copyto(pick[cost:], index, where=better)
        self._best = best
        self._picks.append(pick)

    @property
    def largest_cost(self) -> int:
        """The highest cost in the table."""
        return (len(self._best) - 1) * self.unit

    @property
    def most(self) -> int:
        """The most value any cost in the table buys."""
        return int(self._best[-1])

    def find_least_cost(self, value: int) -> int | None:
        """Return the least cost that buys at least ``value``, or None."""
        if value > self.most:
            return None
        return int(np.searchsorted(self._best, value, side="left")) * self.unit

    def get_value(self, cost: int) -> int:
        """Return the most value that a cost in the table buys."""
        return int(self._best[cost // self.unit])

    def list_steps(self) -> tuple[NDArray[np.int64], NDArray[Any]]:
        """Return the costs at which the most value rises, ascending, and the values."""
        best = self._best
        rises = np.concatenate(([True], best[1:] > best[:-1]))
        return np.flatnonzero(rises) * self.unit, best[rises]

    def get_moves(self, cost: int) -> dict[int, int]:
        """Return the stages to raise, by item position, that buy the most for a cost."""
        left = cost // self.unit
        result: dict[int, int] = {}
        for group, pick in zip(reversed(self.groups), reversed(self._picks), strict=True):
            left = min(left, len(pick) - 1)
            choice = group[pick[left]]
            result.update(choice.moves)
            left -= choice.cost // self.unit
        return result
