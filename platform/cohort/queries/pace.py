"""When companies came how far, and where the programme will be at the pace seen so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from scipy import stats

from assessments.models.packed import NONE
from assessments.models.stage import STAGES, Stage
from cohort.queries.cohort import Cohort
from cohort.queries.standings import decode_moment

LEAST = 10  # companies that a rate is stated of
LIKELY = 0.90


@dataclass(frozen=True, slots=True)
class Milestone:
    """The moments when half of those who reached a stage had reached it, and when the latest did."""

    half: datetime
    latest: datetime


def compute_milestones(cohort: Cohort) -> dict[Stage, Milestone]:
    """Return the stages that somebody has reached at a known moment, in the order of the funnel."""
    found = {}
    for stage in STAGES[1:]:
        moments = cohort.standings.get_moments(stage)
        known = np.sort(moments[moments > 0])
        if len(known):
            found[stage] = Milestone(decode_moment(known[(len(known) - 1) // 2]), decode_moment(known[-1]))
    return found


@dataclass(frozen=True, slots=True)
class Projection:
    """The number of companies at their target after another round like the last one.

    Of `short_before` companies that were below the target in the earlier round, `risen` reached it by now;
    `low` to `high` is the 90 % Wilson interval (Wilson 1927) of that share. Applied to the `short_now` that are
    below it today, and added to those at the target, it gives `expected_low` to `expected_high` of `listed`.
    It says what the same pace would bring, not that it will be kept.
    """

    short_before: int
    risen: int
    low: float
    high: float
    short_now: int
    expected_low: int
    expected_high: int
    listed: int


def compute_projection(cohort: Cohort) -> Projection | None:
    """Project the pace; None without an earlier round or where the share would rest on too few companies."""
    if cohort.earlier is None:
        return None
    standings = cohort.standings
    before, now, aim = standings["level_before"], standings["official_level"], standings["aim"]
    started_short = (before != NONE) & (now != NONE) & (before < aim)
    short_before, risen = int(started_short.sum()), int((started_short & (now >= aim)).sum())
    if short_before < LEAST:
        return None
    interval = stats.binomtest(risen, short_before).proportion_ci(LIKELY, method="wilson")
    short_now = int(((now != NONE) & (now < aim)).sum())
    reached = int(((now != NONE) & (now >= aim)).sum())
    return Projection(
        short_before=short_before,
        risen=risen,
        low=float(interval.low),
        high=float(interval.high),
        short_now=short_now,
        expected_low=reached + int(short_now * interval.low),
        expected_high=reached + int(np.ceil(short_now * interval.high)),
        listed=len(standings),
    )
