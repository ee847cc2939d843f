"""The questionnaire as data: definition files, official level rule, stages and vectors.

Pure Python: it knows nothing of the web, the database or arrays.
"""

from __future__ import annotations

from instrument import contradictions, official, stages
from instrument.answers import (
    AnswerState,
    ItemAnswer,
    NotApplicableExcess,
    check_answer,
    not_applicable_excess,
    unfinished,
)
from instrument.contradictions import Contradiction, ProfileFigures
from instrument.definition import Dimension, Instrument, LevelGate, LevelRule, OfficialDimension, Section
from instrument.errors import DefinitionError, InvalidAnswer
from instrument.grading import GradeError, grade_lines
from instrument.item import Figure, Item, Option, Value
from instrument.loader import CURRENT, load
from instrument.official import BaseStep, Gate, NextLevel, OfficialResult, ScenarioStep
from instrument.snapshots import Snapshot, read_snapshot, snapshot
from instrument.text import Text

__all__ = [
    "CURRENT",
    "AnswerState",
    "BaseStep",
    "Contradiction",
    "DefinitionError",
    "Dimension",
    "Figure",
    "Gate",
    "GradeError",
    "Instrument",
    "InvalidAnswer",
    "Item",
    "ItemAnswer",
    "LevelGate",
    "LevelRule",
    "NextLevel",
    "NotApplicableExcess",
    "OfficialDimension",
    "OfficialResult",
    "Option",
    "ProfileFigures",
    "ScenarioStep",
    "Section",
    "Snapshot",
    "Text",
    "Value",
    "check_answer",
    "contradictions",
    "grade_lines",
    "load",
    "not_applicable_excess",
    "official",
    "read_snapshot",
    "snapshot",
    "stages",
    "unfinished",
]
