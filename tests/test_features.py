"""The map of features is true: what it names exists, and no module is missing from it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TRACKED = subprocess.run(
    ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
).stdout.splitlines()
TRACKED = [path for path in TRACKED if (ROOT / path).exists()]
ROWS = [
    [re.findall(r"`([^`]+)`", cell) for cell in line.strip("|").split("|")[1:3]]
    for line in (ROOT / "docs/features.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| Feature")
]
FILES = sorted({pattern for files, _tests in ROWS for pattern in files})
TESTS = sorted({pattern for _files, tests in ROWS for pattern in tests})
# What an engineer of the field looks for, by the word that is looked for.
LOOKED_FOR = (
    "permission",
    "mail",
    "serializer",
    "export",
    "import",
    "filter",
    "validation",
    "dashboard",
    "staff pages",
    "audit",
    "middleware",
    "job",
)


def matches(path: str, pattern: str) -> bool:
    """Whether a path is of a pattern: `*` within a folder, `**` across folders."""
    escaped = re.escape(pattern).replace(r"\*\*/", "(?:.*/)?").replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
    return re.fullmatch(escaped.replace(r"\[", "[").replace(r"\]", "]"), path) is not None


@pytest.mark.parametrize("pattern", FILES)
def test_files_of_a_feature_exist(pattern: str) -> None:
    assert any(matches(path, pattern) for path in TRACKED)


@pytest.mark.parametrize("pattern", TESTS)
def test_tests_of_a_feature_exist(pattern: str) -> None:
    found = [path for path in TRACKED if matches(path, pattern)]
    assert any(Path(path).name.startswith("test_") for path in found)


def test_every_module_belongs_to_a_feature() -> None:
    modules = [
        path
        for path in TRACKED
        if path.endswith(".py")
        and path.startswith(("assessments/", "benchmarks/", "platform/"))
        and "/migrations/" not in path
        and Path(path).name != "__init__.py"
    ]
    missing = [path for path in modules if not any(matches(path, pattern) for pattern in FILES)]
    assert not missing


def test_every_test_belongs_to_a_feature() -> None:
    of_the_product = [
        path
        for path in TRACKED
        if Path(path).name.startswith("test_") and path.endswith(".py") and path.count("/") > 1
    ]
    missing = [path for path in of_the_product if not any(matches(path, pattern) for pattern in TESTS)]
    assert not missing


def test_each_feature_has_files_and_tests() -> None:
    assert len(ROWS) > 35
    assert all(files and tests for files, tests in ROWS)


@pytest.mark.parametrize("word", LOOKED_FOR)
def test_what_is_looked_for_is_found_by_its_word(word: str) -> None:
    text = (ROOT / "docs/features.md").read_text(encoding="utf-8").lower()
    code = [path for path in TRACKED if path.endswith(".py") and not path.startswith("tests/")]
    assert word in text or any(word in path for path in code)


def test_files_of_the_recipes_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`([\w./-]+/[\w.-]+\.(?:py|json|html|md|toml))`", text)
    assert len(named) > 12
    # The one file that is named because it must not be there.
    missing = [path for path in named if not (ROOT / path).exists()]
    assert missing == ["platform/__init__.py"]
