"""What pages draw beside a score: medians and the middle 80 % of the reference rows, by tier and sector."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.ml import Scorecard

SMALLEST_GROUP = 5
BAND = (10, 50, 90)


def compute_reference(
    scorecard: Scorecard, stages: NDArray[np.int8], tiers: NDArray[np.int64], sectors: NDArray[np.str_]
) -> dict[str, Any]:
    """Compute bands, medians and score lists of the reference rows, in whole hundredths of a point.

    `bands[tier]` holds the 10th, 50th and 90th percentile of readiness. `medians[sector][tier]`, with sector
    "all" beside the real ones, holds n, the median readiness and the ten medians of the dimensions; groups under
    five rows are left out. Tier "0" is the frozen sample of SMEs.
    """
    scores = scorecard.score(stages, "estimate").stored()
    groups: dict[str, dict[str, Any]] = {}
    for sector in ["all", *sorted(set(sectors.tolist()))]:
        in_sector = np.ones(len(tiers), dtype=bool) if sector == "all" else sectors == sector
        for tier in sorted(set(tiers.tolist())):
            rows = in_sector & (tiers == tier)
            if rows.sum() < SMALLEST_GROUP:
                continue
            groups.setdefault(sector, {})[str(tier)] = {
                "n": int(rows.sum()),
                "readiness": _compute_median(scores.readiness[rows]),
                "dimensions": [_compute_median(column) for column in scores.dimensions[rows].T],
            }
    bands = {
        str(tier): [int(value) for value in np.rint(np.percentile(scores.readiness[tiers == tier], BAND))]
        for tier in sorted(set(tiers.tolist()))
    }
    return {"bands": bands, "medians": groups}


def _compute_median(values: NDArray[np.int32]) -> int:
    return int(np.rint(np.median(values)))
