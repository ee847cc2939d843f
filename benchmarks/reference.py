"""What pages draw beside a score: medians and the middle 80 % of the reference rows, by tier and sector."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.ml import Scorecard
from companies.small_groups import can_show_figures

BAND = (10, 50, 90)


def compute_reference(
    scorecard: Scorecard,
    stages: NDArray[np.int8],
    tiers: NDArray[np.int64],
    sectors: NDArray[np.str_],
    *,
    with_small_bands: bool = False,
) -> dict[str, Any]:
    """Compute bands and medians of the reference rows, in whole hundredths of a point.

    `bands[tier]` holds the 10th, 50th and 90th percentile of readiness. `medians[sector][tier]`, with sector
    "all" beside the real ones, holds n, the median readiness and the ten medians of the dimensions. Groups too small
    to be shown are left out, but for bands `with_small_bands`, as older releases stored them. Tier "0" is the frozen
    sample of SMEs.
    """
    scores = scorecard.score(stages, "estimate").stored()
    groups: dict[str, dict[str, Any]] = {}
    for sector in ["all", *sorted(set(sectors.tolist()))]:
        in_sector = np.ones(len(tiers), dtype=bool) if sector == "all" else sectors == sector
        for tier in sorted(set(tiers.tolist())):
            rows = in_sector & (tiers == tier)
            if not can_show_figures(int(rows.sum())):
                continue
            groups.setdefault(sector, {})[str(tier)] = {
                "n": int(rows.sum()),
                "readiness": _compute_median(scores.readiness[rows]),
                "dimensions": [_compute_median(column) for column in scores.dimensions[rows].T],
            }
    bands = {
        str(tier): [int(value) for value in np.rint(np.percentile(scores.readiness[tiers == tier], BAND))]
        for tier in sorted(set(tiers.tolist()))
        if with_small_bands or can_show_figures(int((tiers == tier).sum()))
    }
    return {"bands": bands, "medians": groups}


def _compute_median(values: NDArray[np.int32]) -> int:
    return int(np.rint(np.median(values)))
