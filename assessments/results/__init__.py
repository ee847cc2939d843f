"""The result of an assessment as plain figures: the one source for page, PDF, workbook and API."""

from __future__ import annotations

from assessments.results.build import build
from assessments.results.reference import Reference, Typical
from assessments.results.result import (
    Band,
    DimensionReading,
    HistoryPoint,
    OfficialReading,
    Readiness,
    Result,
    Solidity,
    TierReading,
    Uplift,
)

__all__ = [
    "Band",
    "DimensionReading",
    "HistoryPoint",
    "OfficialReading",
    "Readiness",
    "Reference",
    "Result",
    "Solidity",
    "TierReading",
    "Typical",
    "Uplift",
    "build",
]
