"""Loading reference facilities from a workbook."""

from __future__ import annotations

from benchmarks.loading.load import Loaded, load_facilities
from benchmarks.loading.problems import CellProblem, Refused

__all__ = ["CellProblem", "Loaded", "Refused", "load_facilities"]
