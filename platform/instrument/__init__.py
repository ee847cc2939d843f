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
    find_not_applicable_excess,
    list_unfinished,
)
from instrument.contradictions import Contradiction, ProfileFigures
from instrument.definition import Dimension, Instrument, LevelGate, LevelRule, OfficialDimension, Section
from instrument.errors import DefinitionError, InvalidAnswer
from instrument.grading import GradeError, grade_lines
from instrument.item import Item, ItemFigure, ItemOption, Value
from instrument.loader import CURRENT, load_instrument
from instrument.official import BaseStep, Gate, NextLevel, OfficialResult, ScenarioStep
from instrument.snapshots import Snapshot, build_snapshot, read_snapshot
from instrument.text import Text

__all__ = [
    "CURRENT",
    "AnswerState",
    "BaseStep",
    "Contradiction",
    "DefinitionError",
    "Dimension",
    "Gate",
    "GradeError",
    "Instrument",
    "InvalidAnswer",
    "Item",
    "ItemAnswer",
    "ItemFigure",
    "ItemOption",
    "LevelGate",
    "LevelRule",
    "NextLevel",
    "NotApplicableExcess",
    "OfficialDimension",
    "OfficialResult",
    "ProfileFigures",
    "ScenarioStep",
    "Section",
    "Snapshot",
    "Text",
    "Value",
    "build_snapshot",
    "check_answer",
    "contradictions",
    "find_not_applicable_excess",
    "grade_lines",
    "list_unfinished",
    "load_instrument",
    "official",
    "read_snapshot",
    "stages",
]
