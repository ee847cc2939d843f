"""What the bureau keeps of the cohort: samples and briefings, files loaded and taken away, results stated elsewhere."""

from __future__ import annotations

from cohort.models.briefing import Briefing
from cohort.models.files import CohortFile, LedgerExport
from cohort.models.sample import Sample, SampleRow
from cohort.models.stated import StatedResult

__all__ = ["Briefing", "CohortFile", "LedgerExport", "Sample", "SampleRow", "StatedResult"]
