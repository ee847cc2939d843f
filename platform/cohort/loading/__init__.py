"""Loading a cohort from a workbook or a CSV file."""

from __future__ import annotations

from cohort.loading.load import Loaded, load
from cohort.loading.problems import FileProblem, Refused

__all__ = ["FileProblem", "Loaded", "Refused", "load"]
