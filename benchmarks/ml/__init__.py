"""The numeric core: estimators, scorecard and planner, without Django. Arrays in, dataclasses out."""

from benchmarks.ml.drift import CohortDrift
from benchmarks.ml.encode import AnswerEncoder
from benchmarks.ml.ordinal import MonotoneOrdinalClassifier
from benchmarks.ml.position import BenchmarkPosition
from benchmarks.ml.quality import ResponseQuality
from benchmarks.ml.scorecard import Scorecard
from benchmarks.ml.upgrade import UpgradePlanner

__all__ = [
    "AnswerEncoder",
    "BenchmarkPosition",
    "CohortDrift",
    "MonotoneOrdinalClassifier",
    "ResponseQuality",
    "Scorecard",
    "UpgradePlanner",
]
