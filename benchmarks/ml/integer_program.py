"""Cheapest choices under several whole-number conditions at once, by branch and bound (HiGHS through SciPy).

HiGHS computes in floating point; its answer is read as whole numbers and every condition is checked again
exactly. An answer that fails the check is cut off and the program solved again.
"""

from __future__ import annotations

import contextlib
import math
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

SECONDS = 10.0
LARGEST_REPAIRS = 20

_one_at_a_time = threading.Lock()


class StageOption(NamedTuple):
    """One stage an item may end at, and its cost in whole thousand yuan."""

    item: int
    stage: int
    cost: int


class LinearCondition(NamedTuple):
    """Condition ``sum of weights of the chosen options >= at_least``; whole weights by option number."""

    weights: Mapping[int, int]
    at_least: int


@dataclass(frozen=True)
class Solution:
    """Chosen stage per item, the cost, and the proven lower bound on the cost of any solution."""

    stages: Mapping[int, int]
    cost: int
    bound: int


def solve(options: Sequence[StageOption], conditions: Sequence[LinearCondition]) -> Solution | None:
    """Choose one option per item at least cost such that all conditions hold; None when impossible.

    Raises
    ------
    RuntimeError
        When the time limit passes before any solution is found.
    """
    if any(c.at_least > sum(w for w in c.weights.values() if w > 0) for c in conditions):
        return None
    numbers: dict[int, list[int]] = {}
    for number, option in enumerate(options):
        numbers.setdefault(option.item, []).append(number)
    rows: list[dict[int, float]] = [*(dict.fromkeys(group, 1.0) for group in numbers.values())]
    low, high = [1.0] * len(rows), [1.0] * len(rows)
    for condition in conditions:
        scale = math.gcd(condition.at_least, *condition.weights.values()) or 1
        # Large coefficients would drown the solver's tolerances.
        size = max((abs(weight) // scale for weight in condition.weights.values()), default=1) / 1000
        size = max(size, 1.0)
        rows.append({n: weight / scale / size for n, weight in condition.weights.items() if weight})
        low.append(condition.at_least / scale / size)
        high.append(np.inf)
    costs = np.array([option.cost for option in options], dtype=np.float64)
    for _ in range(LARGEST_REPAIRS):
        with silence_output():
            result = milp(
                costs,
                integrality=np.ones(len(options), dtype=np.int64),
                bounds=Bounds(0, 1),
                constraints=LinearConstraint(_build_matrix(rows, len(options)), low, high),
                options={"mip_rel_gap": 0.0, "time_limit": SECONDS},
            )
        if result.status == 2:
            return None
        if result.x is None:
            raise RuntimeError(f"The solver found no plan in {SECONDS:.0f} s: {result.message}")
        chosen = np.flatnonzero(np.rint(result.x) == 1).tolist()
        if _is_feasible(chosen, len(numbers), options, conditions):
            cost = sum(options[n].cost for n in chosen)
            # Costs are whole, so the bound rounds up, save for the solver's own rounding error.
            bound = min(cost, math.ceil(result.mip_dual_bound - 1e-6))
            return Solution({options[n].item: options[n].stage for n in chosen}, cost, bound)
        rows.append(dict.fromkeys(chosen, -1.0))
        low.append(1.0 - len(chosen))
        high.append(np.inf)
    raise RuntimeError("The solver's rounding kept breaking a condition; no plan could be verified.")


def _is_feasible(
    chosen: Sequence[int], items: int, options: Sequence[StageOption], conditions: Sequence[LinearCondition]
) -> bool:
    return len(chosen) == items == len({options[n].item for n in chosen}) and all(
        sum(condition.weights.get(n, 0) for n in chosen) >= condition.at_least for condition in conditions
    )


def _build_matrix(rows: Sequence[Mapping[int, float]], columns: int) -> csr_array:
    lengths = np.cumsum([0, *(len(row) for row in rows)])
    return csr_array(
        (
            np.array([value for row in rows for value in row.values()], dtype=np.float64),
            np.array([column for row in rows for column in row], dtype=np.int32),
            lengths.astype(np.int32),
        ),
        shape=(len(rows), columns),
    )


@contextlib.contextmanager
def silence_output() -> Iterator[None]:
    """Silence standard output: HiGHS prints some lines there whatever it is told."""
    with _one_at_a_time:
        try:
            saved = os.dup(1)
        except OSError:
            # No standard output to protect, as in a daemon.
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 1)
            yield
        finally:
            os.dup2(saved, 1)
            os.close(saved)
            os.close(nowhere)
