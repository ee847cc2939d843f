"""Reference figures of a release: a tier of fewer than five is neither stored by a new one nor read from an older."""

from __future__ import annotations

import json

import numpy as np
import pytest

from assessments.results.reference import read_sector_reference
from assessments.scoring.compute import parse_scorecard
from benchmarks.checks import list_checks
from benchmarks.models import Release
from benchmarks.reference import compute_reference
from benchmarks.training import TrainingRows, read_training_rows
from companies.models import Programme

pytestmark = pytest.mark.django_db


def test_bands_of_a_small_tier_are_not_read_from_an_older_release(
    programme: Programme, trained: dict[str, object]
) -> None:
    """Releases are never changed: what an older one holds of a small tier stays in it, and is shown to nobody."""
    release = Release.objects.create(programme=programme, **trained)
    assert set(read_sector_reference(release, "automotive").bands) == {1, 2, 3}
    release.rows_per_tier = {**release.rows_per_tier, "3": 4}
    assert "3" in release.reference["bands"]
    assert set(read_sector_reference(release, "automotive").bands) == {1, 2}


def test_new_release_leaves_small_bands_out_and_older_ones_replay(
    programme: Programme, trained: dict[str, object]
) -> None:
    release = Release.objects.create(programme=programme, **trained)
    stored = read_training_rows(release)
    tiers = TrainingRows.parse(stored).tiers
    kept = np.ones(len(tiers), dtype=bool)
    kept[np.flatnonzero(tiers == 3)[4:]] = False
    fewer = [row for row, is_kept in zip(stored, kept, strict=True) if is_kept]
    rows, scorecard = TrainingRows.parse(fewer), parse_scorecard(release.scorecard)
    arrays = (rows.stages, rows.tiers, rows.sectors)
    new = compute_reference(scorecard, *arrays)
    older = compute_reference(scorecard, *arrays, with_small_bands=True)
    assert set(new["bands"]) == {"0", "1", "2"}
    assert set(older["bands"]) == {"0", "1", "2", "3"}
    assert new["medians"] == older["medians"]
    for reference in (new, older):
        release.training_rows, release.reference = json.dumps(fewer), reference
        replayed = next(check for check in list_checks(release) if check.code == "reference_replayed")
        assert replayed.is_green
