"""The headline figures, the funnel, and what keeps companies from the target."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from assessments.models.packed import NONE
from assessments.models.stage import RANK, STAGES, Stage
from cohort.queries.cohort import Cohort
from cohort.queries.narrowing import SHORTFALLS, STANDINGS
from cohort.queries.standings import Mask, compute_median, decode_moment, encode_moment

QUARTERS = 4
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Stall:
    """The stage at which most companies wait: how many, and for how many days half of them have."""

    stage: Stage
    waiting: int
    days: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of companies. `reached` counts those at a stage or beyond, so it never rises along the funnel.

    `scored` have an official level; `at_target` reached their target, `target_verified` by verified values.
    `readiness` is the median in hundredths of a point. `quarters` splits those who started and have not
    submitted by the share of questions answered; `short` those under the target by the gate that fails.
    """

    listed: int
    reached: dict[Stage, int]
    submitted_this_week: int
    scored: int
    verified: int
    at_target: int
    target_verified: int
    readiness: float | None
    at_risk: int
    quarters: tuple[int, ...]
    short: dict[str, int]

    @property
    def waiting(self) -> dict[Stage, int]:
        """Companies whose furthest stage is this one."""
        counts = [*self.reached.values(), 0]
        return {stage: counts[rank] - counts[rank + 1] for rank, stage in enumerate(STAGES)}


def compute_summary(cohort: Cohort) -> Summary:
    """Compute the figures of the cohort's companies."""
    standings = cohort.standings
    step, standing = standings["step"], standings["standing"]
    verified = standings["verified"] == 1
    scored, reached_target = standing != NONE, standing == STANDINGS.index("reached")
    recent = standings.get_moments(Stage.SUBMITTED) >= encode_moment(cohort.moment - WEEK)
    answered = standings["answered"][step == RANK[Stage.STARTED]]
    quarters = np.minimum(answered * QUARTERS // len(cohort.instrument.items), QUARTERS - 1)
    return Summary(
        listed=len(standings),
        reached={stage: _count(step >= rank) for stage, rank in RANK.items()},
        submitted_this_week=_count(recent),
        scored=_count(scored),
        verified=_count(scored & verified),
        at_target=_count(reached_target),
        target_verified=_count(reached_target & verified),
        readiness=compute_median(standings["readiness"]),
        at_risk=_count(standings["risk"] != NONE),
        quarters=tuple(map(int, np.bincount(quarters, minlength=QUARTERS))),
        short={name: _count(standing == STANDINGS.index(name)) for name in SHORTFALLS},
    )


def _count(mask: Mask) -> int:
    return int(mask.sum())


def find_stall(cohort: Cohort, summary: Summary) -> Stall | None:
    """Find where most companies wait between invitation and acceptance; None when nobody waits."""
    stage = max(STAGES[1:-1], key=lambda stage: summary.waiting[stage])
    waiting = summary.waiting[stage]
    if not waiting:
        return None
    since = np.sort(cohort.standings.get_moments(stage)[cohort.standings["step"] == RANK[stage]])
    return Stall(stage, waiting, (cohort.moment - decode_moment(since[waiting // 2])).days)
