"""Query parameters of programs: none is passed over, and true or false is written in one way."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request


def refuse_unknown(request: Request, known: set[str]) -> None:
    """Raise unless every query parameter is one of `known` and given once."""
    faults: dict[str, list[ErrorDetail]] = {}
    for name, values in request.query_params.lists():
        if name not in known:
            listed = ", ".join(sorted(known)) or "none"
            faults[name] = [
                ErrorDetail(
                    f"There is no parameter {name!r}. Known here: {listed}.", code="unknown_parameter"
                )
            ]
        elif len(values) > 1:
            faults[name] = [ErrorDetail(f"{name} may be given once.", code="repeated_parameter")]
    if faults:
        raise ValidationError(faults)


class TrueOrFalseParameter(serializers.BooleanField):
    """A fact in the query: `true` or `false`; "yes", 1 and "True" are none."""

    default_error_messages = {"invalid": "Give true or false."}

    def to_internal_value(self, data: Any) -> bool:
        """Return the fact."""
        if data not in {"true", "false"}:
            self.fail("invalid", input=data)
        return bool(data == "true")
