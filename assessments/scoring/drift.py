"""Whether the cohort's answers have moved away from the reference sample of SMEs inside a release."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.core.cache import cache

from assessments.scoring.release_comparison import list_counting_submissions
from benchmarks.ml.drift import CohortDrift, Drift, Verdict
from benchmarks.models import Release, Tier
from benchmarks.training import TrainingRows, read_training_rows
from companies.models import Programme
from instrument import load_instrument

ALPHA = 0.01
KEPT_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class CohortComparison:
    """The cohort against the frozen reference sample: the whole, then each dimension, and the items that drift."""

    companies: int
    reference: int
    whole: Drift
    dimensions: Sequence[Drift]
    items: Sequence[Drift]

    @property
    def flagged(self) -> int:
        """How many dimensions drift."""
        return sum(found.verdict == Verdict.DRIFT for found in self.dimensions)


def compute_cohort_drift(programme: Programme, release: Release) -> CohortComparison | None:
    """Compare the answers that count with the release's reference sample; None before the first submission.

    The same answers give the same result, which is kept for a week, since shuffling takes about a second.
    """
    submissions = list_counting_submissions(programme, release.instrument_version)
    if not submissions:
        return None
    vectors = sorted(bytes(submission.vector) for submission in submissions)
    digest = hashlib.sha256(b"".join(vectors)).hexdigest()
    key = f"cohort-drift:{release.data_sha256}:{digest}"
    kept = cache.get(key)
    if kept is None:
        kept = _compare_with_reference(
            release, np.frombuffer(b"".join(vectors), dtype=np.int8).reshape(len(vectors), -1)
        )
        cache.set(key, kept, KEPT_SECONDS)
    result: CohortComparison = kept
    return result


def _compare_with_reference(
    release: Release, cohort: np.ndarray[tuple[int, ...], np.dtype[np.int8]]
) -> CohortComparison:
    instrument = load_instrument(release.instrument_version)
    rows = TrainingRows.parse(read_training_rows(release))
    reference = rows.stages[rows.tiers == Tier.SME.value]
    drift = CohortDrift(
        dimensions=[instrument.get_item(code).dimension for code in instrument.item_order],
        items=instrument.item_order,
        levels=instrument.list_max_stages(),
        alpha=ALPHA,
    )
    found = {result.item: result for result in drift.fit(reference).compare(cohort)}
    dimensions = [found[dimension.code] for dimension in instrument.dimensions]
    items = [found[code] for code in instrument.item_order if found[code].verdict == Verdict.DRIFT]
    return CohortComparison(len(cohort), len(reference), found["all"], dimensions, items)
