"""Reading the conditions of acceptance."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from instrument.text import Text

CURRENT = "liuzhou-2025-09"


@dataclass(frozen=True, slots=True)
class AcceptanceCondition:
    """One condition: found by the platform from its own figures, or by an officer."""

    code: str
    name: Text
    detail: Text
    by_platform: bool
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A paper that belongs to an acceptance."""

    code: str
    name: Text
    required: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """The conditions and papers of one notice, with the notice's name."""

    basis: Text
    conditions: tuple[AcceptanceCondition, ...]
    documents: tuple[DocumentKind, ...]

    def find_document(self, code: str) -> DocumentKind | None:
        """Return the kind of paper with this code, or None."""
        return next((kind for kind in self.documents if kind.code == code), None)


@lru_cache(maxsize=4)
def load_terms(name: str = CURRENT) -> Terms:
    """Load the terms of a notice, once in a process."""
    content: dict[str, Any] = json.loads((Path(__file__).parent / f"{name}.json").read_text(encoding="utf-8"))
    return Terms(
        basis=_parse_text(content["basis"]),
        conditions=tuple(
            AcceptanceCondition(
                code=entry["code"],
                name=_parse_text(entry["name"]),
                detail=_parse_text(entry["detail"]),
                by_platform=entry["checked_by"] == "platform",
                documents=tuple(entry["documents"]),
            )
            for entry in content["conditions"]
        ),
        documents=tuple(
            DocumentKind(entry["code"], _parse_text(entry["name"]), bool(entry["required"]))
            for entry in content["documents"]
        ),
    )


def _parse_text(entry: dict[str, str]) -> Text:
    return Text(en=entry["en"], zh_hans=entry["zh-hans"])
