"""The result of an assessment as plain figures: the one source for page, PDF, workbook and API."""

from __future__ import annotations

from assessments.results.build import build_result
from assessments.results.reference import FacilityMedians, SectorReference
from assessments.results.result import (
    AssessmentResult,
    DimensionReading,
    HistoryPoint,
    OfficialReading,
    Readiness,
    ResultUplift,
    Solidity,
    TierBand,
    TierReading,
)

__all__ = [
    "AssessmentResult",
    "DimensionReading",
    "FacilityMedians",
    "HistoryPoint",
    "OfficialReading",
    "Readiness",
    "ResultUplift",
    "SectorReference",
    "Solidity",
    "TierBand",
    "TierReading",
    "build_result",
]
