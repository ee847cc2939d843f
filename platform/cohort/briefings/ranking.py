"""Which areas could host the on-site meetings that the city holds twice a year."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import mean, stdev
from typing import Any, Final

from scipy import stats

from assessments.models.packed import NONE
from cohort.models import SampleRow
from companies.models import Area
from companies.small_groups import can_show_figures

LEVEL: Final = 0.9


def rank_areas(rows: Sequence[SampleRow], areas: Sequence[Area]) -> list[dict[str, Any]]:
    """Rank areas by improvement: the mean change of the same companies' own answers between rounds.

    With its interval of 90 % (Student) and n. Ordered by the lower end of the interval, so that a few lucky
    companies do not put an area first; areas with fewer than five compared companies are left out.
    """
    entries = []
    for area in areas:
        changes = [
            row.own - row.before
            for row in rows
            if area.code in (row.division, row.area) and row.own > NONE and row.before > NONE
        ]
        # Of fewer companies a mean says too little, and would reveal single ones.
        if not can_show_figures(len(changes)):
            continue
        middle, low, high = compute_improvement(changes)
        entries.append(
            {
                "code": area.code,
                "n": len(changes),
                "change": round(middle),
                "low": round(low),
                "high": round(high),
            }
        )
    return sorted(entries, key=lambda entry: (-entry["low"], entry["code"]))


def compute_improvement(changes: Sequence[int]) -> tuple[float, float, float]:
    """Return the mean of at least two changes and the ends of its interval of 90 % (Student)."""
    middle, n = mean(changes), len(changes)
    half = float(stats.t.ppf((1 + LEVEL) / 2, n - 1)) * stdev(changes) / math.sqrt(n)
    return middle, middle - half, middle + half
