"""Names say one thing each, and functions begin with a verb."""

from __future__ import annotations

import ast
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = [
    ROOT / path
    for path in subprocess.run(
        ["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    if not path.startswith("tests/") and "/migrations/" not in path and (ROOT / path).exists()
]
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in CODE}
# Class names that stand more than once, and why each of them has to.
SHARED_CLASSES = {
    "Command": "Django finds a management command by it",
    "Plan": "the model of a saved plan, and what the planner of the numeric core returns by its published signature",
}
# Small words at the end of a name, and why each of them stays.
KEPT_ENDINGS = {
    "visible_to": "the one word of every read that begins with who asks, as Django's own managers read",
    "sign_in": "a verb of two words",
    "clean_since": "Django calls it by the name of the field",
    "clean_expires_on": "Django calls it by the name of the field",
    "get_next_at": "the framework calls it by the name of the field",
    "deliver_to": "the name is in messages that wait",
    "of": "the constructor of a target in the numeric core",
    "uuid_in": "named as the look-up that it is",
    "percent_of": "the name of a template filter",
}
PREPOSITIONS = frozenset(
    {
        "of",
        "by",
        "for",
        "in",
        "to",
        "at",
        "on",
        "with",
        "from",
        "since",
        "until",
        "as",
        "into",
        "over",
        "than",
    }
    | {"under", "after", "before"}
)
# Attributes, not acts.
ATTRIBUTES = frozenset({"property", "cached_property"})


def list_functions() -> list[tuple[Path, ast.FunctionDef]]:
    """Every function and method of the code but properties and special methods."""
    return [
        (path, node)
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and not (node.name.startswith("__") and node.name.endswith("__"))
        and not ATTRIBUTES
        & {getattr(found, "id", getattr(found, "attr", "")) for found in node.decorator_list}
    ]


def test_no_class_name_has_two_meanings() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path, tree in TREES.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                places[node.name].append(path.relative_to(ROOT).as_posix())
    shared = {name: found for name, found in places.items() if len(found) > 1}
    assert set(shared) <= set(SHARED_CLASSES), shared
    assert set(SHARED_CLASSES) <= set(shared), "what is not shared any more needs no reason"


def test_no_function_name_ends_in_a_preposition() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {node.name}"
        for path, node in list_functions()
        if node.name.split("_")[-1] in PREPOSITIONS and node.name not in KEPT_ENDINGS
    }
    assert not found


@pytest.mark.parametrize("name", sorted(KEPT_ENDINGS))
def test_what_is_kept_is_there(name: str) -> None:
    assert any(node.name == name for _path, node in list_functions())


def test_loose_files_beside_the_folders_of_assessments_are_few() -> None:
    loose = {path.name for path in CODE if path.parent == ROOT / "assessments"}
    assert len(loose - {"__init__.py", "apps.py", "urls.py"}) <= 8
