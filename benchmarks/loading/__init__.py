"""Loading reference facilities from a workbook."""

from __future__ import annotations

from benchmarks.loading.load import FacilityLoadResult, load_facilities
from benchmarks.loading.problems import CellProblem, FacilityWorkbookError

__all__ = ["CellProblem", "FacilityLoadResult", "FacilityWorkbookError", "load_facilities"]
