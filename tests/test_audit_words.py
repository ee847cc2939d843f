"""Every kind of entry in the record of who did what has words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from companies.audit_labels import get_action_label

ROOT = Path(__file__).resolve().parents[1]
WRITERS = {"record", "_record", "record_document", "record_rows"}


def recorded() -> Iterator[str]:
    """The kinds that the code writes, as they stand in its calls."""
    for package in ("assessments", "benchmarks", "platform"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in WRITERS and node.args:
                    for part in ast.walk(node.args[0]):
                        if (
                            isinstance(part, ast.Constant)
                            and isinstance(part.value, str)
                            and "." in part.value
                        ):
                            yield part.value


def test_every_kind_of_entry_has_words() -> None:
    kinds = set(recorded())
    assert len(kinds) > 90
    assert {kind for kind in kinds if get_action_label(kind) == kind} == set()
