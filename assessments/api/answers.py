"""Answers as programs send them: by item code, the value alone or an object with state and reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from instrument import AnswerState, Instrument, InvalidAnswer, ItemAnswer, check_answer
from rest.error_details import build_pointer

MOST_FAULTS = 100
ANSWERS_HELP = (
    "By item code: the value (option, list of options or level), or an object with `state` and "
    "`value`, `reason`, `figures`, `comment`."
)
ANSWERS_EXAMPLE: dict[str, object] = {
    "B1": ["B", "C"],
    "B2": "C",
    "C01": 2,
    "C02": {"state": "dont_know"},
    "X5": {"state": "not_applicable", "reason": "Parts are bought in; no dies or cutting tools are in use."},
}


_ANSWER_SCHEMA: dict[str, object] = {
    "description": "The value alone, or an object.",
    "anyOf": [
        {"type": "string", "description": "A single choice: the letter of the option."},
        {
            "type": "array",
            "items": {"type": "string"},
            "description": "A multiple choice: the letters ticked.",
        },
        {"type": "integer", "description": "A scale: the level."},
        {
            "type": "object",
            "properties": {
                "state": {"type": "string", "enum": list(AnswerState), "default": AnswerState.ANSWERED},
                "value": {
                    "anyOf": [
                        {"type": "string"},
                        {"type": "array", "items": {"type": "string"}},
                        {"type": "integer"},
                    ],
                    "description": "The value, where the state is `answered`.",
                },
                "reason": {"type": "string", "description": "Why the item does not apply."},
                "figures": {
                    "type": "object",
                    "additionalProperties": {"type": "string", "pattern": r"^[0-9]{1,12}(\.[0-9]{1,6})?$"},
                    "description": "Numbers beside the answer by their codes, such as `1250.5`.",
                },
                "comment": {"type": "string"},
            },
            "additionalProperties": False,
        },
    ],
}


@extend_schema_field({"type": "object", "additionalProperties": _ANSWER_SCHEMA})
class AnswersField(serializers.DictField):
    """Answers by item code, looked at by `read_answers` and not before."""

    def __init__(self, **options: Any) -> None:
        super().__init__(help_text=ANSWERS_HELP, **options)


class InvalidAnswersError(ValidationError):
    """Answers that the instrument does not allow, each with its place."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__("Some answers are not allowed.")
        self.members = {"errors": errors}


def read_answers(
    instrument: Instrument, answers: Mapping[str, Any], path: tuple[str, ...], errors: list[dict[str, str]]
) -> dict[str, ItemAnswer]:
    """Return the answers that the instrument allows; for each other a fault with a pointer goes to `errors`."""
    read = {}
    for code, raw in answers.items():
        try:
            read[code] = check_answer(instrument, code, _parse_item_answer(code, raw))
        except InvalidAnswer as error:
            place = (*path, code, error.field) if isinstance(raw, dict) else (*path, code)
            errors.append({"pointer": build_pointer(*place), "reason": error.reason, "detail": error.message})
    return read


def _parse_item_answer(code: str, raw: Any) -> ItemAnswer:
    """Return the answer as the instrument reads it; a bare value is one that is answered."""
    if not isinstance(raw, dict):
        return ItemAnswer(AnswerState.ANSWERED, value=_parse_value(raw))
    unknown = sorted(set(raw) - {"state", "value", "reason", "figures", "comment"})
    if unknown:
        raise InvalidAnswer(code, unknown[0], "unknown_member", f"an answer has no member {unknown[0]!r}")
    state = raw.get("state", AnswerState.ANSWERED.value)
    if state not in list(AnswerState):
        raise InvalidAnswer(code, "state", "unknown_state", f"state is one of {', '.join(AnswerState)}")
    for name, kind in (("reason", str), ("comment", str), ("figures", dict)):
        if not isinstance(raw.get(name, kind()), kind):
            raise InvalidAnswer(code, name, "wrong_type", f"{name} has the wrong type")
    return ItemAnswer(
        state=AnswerState(state),
        value=_parse_value(raw.get("value")),
        reason=raw.get("reason", ""),
        figures=raw.get("figures", {}),
        comment=raw.get("comment", ""),
    )


def _parse_value(raw: Any) -> Any:
    """Return the value as it was sent; 3.0 is the whole number 3 in JSON."""
    return int(raw) if isinstance(raw, float) and raw.is_integer() else raw
