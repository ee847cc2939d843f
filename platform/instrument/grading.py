"""Grading many companies at once from lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from instrument import official
from instrument.answers import AnswerState, ItemAnswer
from instrument.definition import Instrument
from instrument.errors import InvalidAnswer
from instrument.official import OfficialResult

_KEYS = {"name", "answers", "scenario_levels"}


class GradeError(ValueError):
    """Error in a line that cannot be graded; `line` counts from 1, blank lines included."""

    def __init__(self, line: int, field: str, message: str) -> None:
        self.line = line
        self.field = field
        self.message = message
        super().__init__(": ".join(part for part in (f"line {line}", field, message) if part))


def grade_lines(lines: Iterable[str], instrument: Instrument) -> list[dict[str, Any]]:
    """Return the official result of each line, in order; blank lines are skipped.

    A line is an object with `answers` (option by code of a scored item, a list of options for a multiple
    choice) and `scenario_levels` (0 to 4 by code of a scenario), both optional, and optionally a `name` that
    is handed through. An absent item, or an empty list, counts as the lowest option. Every line is checked
    before the first result exists; raises `GradeError`.
    """
    checked = [
        _parse_line(number, line, instrument)
        for number, line in enumerate(lines, start=1)
        if line.strip().strip("\ufeff")
    ]
    return [_build_plain_result(name, official.grade(instrument, answers)) for name, answers in checked]


def _parse_line(number: int, line: str, instrument: Instrument) -> tuple[str | None, dict[str, ItemAnswer]]:
    def require_unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in pairs:
            if key in found:
                raise GradeError(number, key, "is given twice")
            found[key] = value
        return found

    try:
        content = json.loads(line.lstrip("\ufeff"), object_pairs_hook=require_unique_keys)
    except GradeError:
        raise
    except (ValueError, RecursionError) as error:
        raise GradeError(number, "", f"not valid JSON: {error}") from error
    if not isinstance(content, dict):
        raise GradeError(number, "", "must be a JSON object")
    if unknown := sorted(set(content) - _KEYS):
        raise GradeError(number, unknown[0], f"unknown key; known are {', '.join(sorted(_KEYS))}")
    name = content.get("name")
    if name is not None and not isinstance(name, str):
        raise GradeError(number, "name", "must be a text")
    if name is not None and not name.isascii() and any("\ud800" <= sign <= "\udfff" for sign in name):
        raise GradeError(number, "name", "holds half a character, which no file in UTF-8 can hold")
    answers = _get_section(number, content, "answers", {item.code for item in instrument.official_items})
    levels = _get_section(number, content, "scenario_levels", {item.code for item in instrument.scenarios})
    for code, level in levels.items():
        if isinstance(level, bool) or not isinstance(level, int):
            raise GradeError(number, f"scenario_levels.{code}", "must be a whole number from 0 to 4")
    parsed = {}
    for section, values in (("answers", answers), ("scenario_levels", levels)):
        for code, raw in values.items():
            item = instrument.get_item(code)
            if item.kind == "multiple" and raw == []:
                continue
            try:
                parsed[code] = ItemAnswer(AnswerState.ANSWERED, item.parse(raw))
            except InvalidAnswer as error:
                raise GradeError(number, f"{section}.{code}", error.message) from error
    return name, parsed


def _get_section(number: int, content: dict[str, object], key: str, codes: set[str]) -> dict[str, object]:
    section = content.get(key, {})
    if not isinstance(section, dict):
        raise GradeError(number, key, "must be an object keyed by item code")
    if unknown := sorted(set(section) - codes):
        raise GradeError(number, f"{key}.{unknown[0]}", "unknown item")
    return section


def _build_plain_result(name: str | None, result: OfficialResult) -> dict[str, Any]:
    """Return the result as plain data for JSON; points become the nearest float."""
    plain: dict[str, Any] = {} if name is None else {"name": name}
    return plain | {
        "level": result.level,
        "base": float(result.base),
        "by_dimension": {code: float(points) for code, points in result.by_dimension.items()},
        "at_level": {str(level): count for level, count in result.at_level.items()},
        "binding_at_level": {str(level): count for level, count in result.binding_at_level.items()},
        "gates": [
            {
                "level": gate.level,
                "base_needed": float(gate.base_needed),
                "base_passed": gate.base_passed,
                "scenarios_needed": gate.scenarios_needed,
                "scenarios": gate.scenarios,
                "binding_needed": gate.binding_needed,
                "binding": gate.binding,
                "passed": gate.passed,
            }
            for gate in result.gates
        ],
    }
