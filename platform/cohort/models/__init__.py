"""What the bureau keeps of the cohort: samples and briefings, files loaded and taken away, results stated elsewhere."""

from __future__ import annotations

from cohort.models.briefing import Briefing
from cohort.models.bulk import BulkOutcome, BulkRun
from cohort.models.files import CohortFile, LedgerExport
from cohort.models.ministry_result import StatedResult
from cohort.models.sample import Sample, SampleRow
from cohort.models.view import SavedView

__all__ = [
    "Briefing",
    "BulkOutcome",
    "BulkRun",
    "CohortFile",
    "LedgerExport",
    "Sample",
    "SampleRow",
    "SavedView",
    "StatedResult",
]
