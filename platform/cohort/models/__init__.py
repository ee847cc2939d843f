"""Files that the bureau loads and takes away, and results stated elsewhere."""

from __future__ import annotations

from cohort.models.files import CohortFile, LedgerExport
from cohort.models.stated import StatedResult

__all__ = ["CohortFile", "LedgerExport", "StatedResult"]
