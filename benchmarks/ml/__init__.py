"""The numeric core: estimators and scorecard, without Django. Arrays in, dataclasses out."""

from benchmarks.ml.encode import AnswerEncoder
from benchmarks.ml.ordinal import MonotoneOrdinalClassifier
from benchmarks.ml.scorecard import Scorecard

__all__ = ["AnswerEncoder", "MonotoneOrdinalClassifier", "Scorecard"]
