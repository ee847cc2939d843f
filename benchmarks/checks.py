"""What has to hold before a release is activated: what was measured, the bar, and whether it is met.

Everything follows from the release itself (scorecard, frozen rows, metrics of held-out rows), so the answer is the
same whenever and wherever it is asked for.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from benchmarks.ml import Scorecard
from benchmarks.ml.document import ScorecardError
from benchmarks.models import Provenance, Release
from benchmarks.reference import compute_reference
from benchmarks.training import TrainingRows, read_training_rows

# Optimality conditions, per row; above it the fit has not ended.
LARGEST_STATIONARITY = 1e-9
# Nine rows of a tier are the fewest from which a class-wise 90 % statement can be made.
FEWEST_ROWS = 9
# Bars of the figures on held-out rows. A few hundred rows measure roughly, so kappa and the ranked probability score
# fail only when their whole 90 % interval misses the bar, and calibration counts what exceeds chance.
LOWEST_KAPPA = 0.535
LARGEST_RPS = 0.080
LARGEST_CALIBRATION_ERROR = 0.028
LARGEST_CALIBRATION_ERROR_TOP = 0.015
LOWEST_COVERAGE = 0.85


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its code, what was measured (None: it could not be), and the bar from `low` to `high`."""

    code: str
    measured: float | None
    low: float | None = None
    high: float | None = None

    @property
    def is_green(self) -> bool:
        """Measured, and within the bar."""
        if self.measured is None or not math.isfinite(self.measured):
            return False
        return (self.low is None or self.measured >= self.low) and (
            self.high is None or self.measured <= self.high
        )


@lru_cache(maxsize=32)
def _load_checks(release_id: UUID) -> tuple[Check, ...]:
    return _compute_checks(Release.objects.get(pk=release_id))


def list_checks(release: Release) -> tuple[Check, ...]:
    """List all checks of a release. A stored release never changes, so a process computes them once."""
    return _load_checks(release.pk)


def _compute_checks(release: Release) -> tuple[Check, ...]:
    rows = read_training_rows(release)
    smallest = min(release.rows_per_tier.values(), default=0)
    return (
        Check("points_below_zero", _count_points_below_zero(release.scorecard), high=0),
        Check("hashes", _count_broken_hashes(release), high=0),
        Check("reference_replayed", _compare_replay(release, rows), high=0),
        Check("refit", float(release.parameters.get("refit_sha256") != release.sha256), high=0),
        Check("stationarity", release.parameters.get("kkt_residual"), high=LARGEST_STATIONARITY),
        Check("smallest_tier", float(smallest), low=FEWEST_ROWS),
        Check("provenance", _count_rows_without_provenance(release, rows), high=0),
        Check("kappa", find_figure(release.metrics, "kappa", "high"), low=LOWEST_KAPPA),
        Check("rps", find_figure(release.metrics, "rps", "low"), high=LARGEST_RPS),
        Check(
            "calibration_error",
            _compute_error_beyond_chance(release.metrics, "calibration_error"),
            high=LARGEST_CALIBRATION_ERROR,
        ),
        Check(
            "calibration_error_top",
            _compute_error_beyond_chance(release.metrics, "calibration_error_top"),
            high=LARGEST_CALIBRATION_ERROR_TOP,
        ),
        Check("coverage", _compute_mean_coverage(release.metrics), low=LOWEST_COVERAGE),
    )


def _count_points_below_zero(scorecard: str) -> float | None:
    """Count stages that would take points away. None is what makes the score monotone."""
    try:
        return float(sum(points < 0 for points in json.loads(scorecard)["points"]))
    except (ValueError, KeyError, TypeError):
        return None


def _count_broken_hashes(release: Release) -> float:
    """Count the stored texts that no longer have the hash stored beside them."""
    return float(
        (hashlib.sha256(release.scorecard.encode()).hexdigest() != release.sha256)
        + (hashlib.sha256(release.training_rows.encode()).hexdigest() != release.data_sha256)
    )


def _compare_replay(release: Release, rows: list[dict[str, Any]]) -> float | None:
    """Return 1 if scoring the frozen rows again gives other figures than stored beside every score, else 0."""
    try:
        scorecard = Scorecard.from_json(release.scorecard)
    except ScorecardError:
        return None
    arrays = TrainingRows.parse(rows)
    return float(
        all(
            compute_reference(
                scorecard, arrays.stages, arrays.tiers, arrays.sectors, with_small_bands=with_small_bands
            )
            != release.reference
            for with_small_bands in (False, True)
        )
    )


def _count_rows_without_provenance(release: Release, rows: list[dict[str, Any]]) -> float:
    """Count rows whose provenance is missing, unknown, or not counted in what the release states."""
    counted = Counter(row.get("provenance") for row in rows)
    unknown = sum(count for name, count in counted.items() if name not in Provenance.values)
    stated = Counter(release.provenance)
    return float(unknown + sum(((counted - stated) + (stated - counted)).values()))


def find_figure(metrics: dict[str, Any], code: str, part: str = "value") -> float | None:
    """Find a figure on held-out rows, or an end of its interval; None where it was not measured."""
    value = metrics.get("figures", {}).get(code, {}).get(part)
    return None if value is None else float(value)


def _compute_error_beyond_chance(metrics: dict[str, Any], code: str) -> float | None:
    """Return a calibration error less what a perfectly calibrated model would show in as many rows."""
    value, chance = find_figure(metrics, code), find_figure(metrics, code, "chance")
    return None if value is None or chance is None else value - chance


def _compute_mean_coverage(metrics: dict[str, Any]) -> float | None:
    """Return the mean over tiers of how often the tier lies in the 90 % set of tiers."""
    found = [float(row["coverage"]) for row in metrics.get("conformal", [])]
    return sum(found) / len(found) if found else None
