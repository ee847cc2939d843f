"""An example of each kind of answer, as a demonstration gave it; long members are cut short."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

# By the name of the shape in the description.
FILE = Path(__file__).with_name("examples.json")


def add_examples(result: dict[str, Any], **_given: Any) -> dict[str, Any]:
    """Put the examples into the description (a hook of the library); raises `KeyError` for a shape that is gone."""
    for name, value in json.loads(FILE.read_text(encoding="utf-8")).items():
        result["components"]["schemas"][name]["examples"] = [value]
    return result
