"""Who stands where in the funnel of each round, and which official levels the cohort has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assessments.models.stage import Stage
from cohort.demo.companies import COUNT

Whole = NDArray[np.int64]

# Before the upgrade. No national table exists; this is the shape of the CMMM statistics, taken as a proxy.
LEVELS_AT_T0 = (43, 218, 122, 43, 9)
# After it: for each level before, the chances of levels 0 to 4.
MOVES = (
    (0.15, 0.60, 0.25, 0.00, 0.00),
    (0.00, 0.18, 0.73, 0.09, 0.00),
    (0.00, 0.00, 0.62, 0.36, 0.02),
    (0.00, 0.00, 0.04, 0.84, 0.12),
    (0.00, 0.00, 0.00, 0.00, 1.00),
)
# How many have come at least so far in round T1.
FUNNEL_AT_T1 = {
    Stage.LISTED: 435, Stage.INVITED: 431, Stage.STARTED: 402, Stage.SUBMITTED: 351,
    Stage.RECOMMENDED: 268, Stage.VERIFIED: 187, Stage.ACCEPTED: 141,
}  # fmt: skip
# The company whose manager signs in: scored in T0, and in T1 half way through the questionnaire.
MANAGED = 0


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """The levels wanted in both rounds (n,), and the stage each company has come to in T1."""

    levels_t0: Whole
    levels_t1: Whole
    stages_t1: list[Stage]


def draw(seed: int) -> DemoPlan:
    """Draw the plan; the same seed gives the same."""
    rng = np.random.default_rng([seed, 20])
    levels_t0 = rng.permutation(np.repeat(np.arange(5), LEVELS_AT_T0))
    levels_t0[[MANAGED, int(np.flatnonzero(levels_t0 == 1)[0])]] = levels_t0[
        [int(np.flatnonzero(levels_t0 == 1)[0]), MANAGED]
    ]
    levels_t1 = np.array([rng.choice(5, p=MOVES[level]) for level in levels_t0])
    return DemoPlan(levels_t0, levels_t1, _assign_stages(levels_t1, rng))


def _assign_stages(levels_t1: Whole, rng: np.random.Generator) -> list[Stage]:
    """Assign stages by the order of a random queue; only level 2 and above is accepted."""
    others = [index for index in rng.permutation(COUNT).tolist() if index != MANAGED]
    verified = others[: FUNNEL_AT_T1[Stage.VERIFIED]]
    verified.sort(key=lambda index: levels_t1[index] < 2)
    queue = verified + others[FUNNEL_AT_T1[Stage.VERIFIED] :]
    # The managed company has started and not submitted.
    queue.insert(FUNNEL_AT_T1[Stage.SUBMITTED], MANAGED)
    stages = [Stage.LISTED] * COUNT
    for stage, count in FUNNEL_AT_T1.items():
        for index in queue[:count]:
            stages[index] = stage
    return stages
