"""Loading a cohort from a workbook or a CSV file."""

from __future__ import annotations

from cohort.loading.load import CohortLoadResult, load_cohort
from cohort.loading.problems import FileProblem, FileRefused

__all__ = ["CohortLoadResult", "FileProblem", "FileRefused", "load_cohort"]
