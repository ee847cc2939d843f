"""Which tests a change concerns: by name, by import, and by the feature map."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FEATURE_MAP = ROOT / "docs" / "features.md"
# Code lies in `platform/` under the names of its packages.
SOURCE_FOLDERS = ("platform/",)
# What concerns no module, by how its path ends: what reads all files of the kind.
BY_KIND = {
    ".html": ("tests/config/test_static.py", "tests/config/test_page_tags.py"),
    ".css": ("tests/config/test_static.py",),
    ".js": ("tests/config/test_static.py",),
    ".po": ("tests/config/test_catalogues.py",),
}


def find_changed_files() -> list[str]:
    """Return what differs from where this branch left main, commits and working tree; on main, from one commit ago."""
    head = _git("rev-parse", "HEAD")
    base = _git("merge-base", "HEAD", "main") or head
    if base == head and not _git("status", "--porcelain"):
        base = "HEAD~1"
    listed = [
        *_git("diff", "--name-only", base).split(),
        *_git("ls-files", "--others", "--exclude-standard").split(),
    ]
    return [path for path in dict.fromkeys(listed) if (ROOT / path).exists()]


def _git(*arguments: str) -> str:
    found = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout.strip() if found.returncode == 0 else ""


def find_affected_tests(changed: Iterable[str], tests: Sequence[str], texts: dict[str, str]) -> list[str]:
    """Return the test files that these changes concern, the nearest first.

    `tests` are the paths of all test files, `texts` what is read for imports and the map: path to content.
    """
    nearest: list[str] = []
    others: list[str] = []
    for path in changed:
        if path in tests:
            nearest.append(path)
            continue
        nearest += _mirrored(path, tests)
        nearest += [test for test in BY_KIND.get(Path(path).suffix, ()) if test in tests]
        others += _importing(path, tests, texts)
        others += _in_feature_map(path, tests, texts.get("docs/features.md", ""))
    return list(dict.fromkeys([*nearest, *others]))


def _mirrored(path: str, tests: Sequence[str]) -> list[str]:
    """Return tests at the mirrored path: tests of the module, else those of the nearest folder of its package."""
    for folder in SOURCE_FOLDERS:
        path = path.removeprefix(folder)
    where = Path(path)
    if where.suffix not in {".py", ".html"} or path.startswith("tests/"):
        return []
    exact = f"tests/{where.parent}/test_{where.stem}.py"
    if exact in tests:
        return [exact]
    package = where.parts[0]
    names = {f"test_{part}" for part in (where.stem, *where.parts[1:-1])}
    return [
        test
        for test in tests
        if test.startswith(f"tests/{package}/") and (Path(test).stem in names or names & _folders(test))
    ]


def _folders(test: str) -> set[str]:
    return {f"test_{part}" for part in Path(test).parts[2:-1]}


def _importing(path: str, tests: Sequence[str], texts: dict[str, str]) -> list[str]:
    """Return tests that import the module by name."""
    for folder in SOURCE_FOLDERS:
        path = path.removeprefix(folder)
    if not path.endswith(".py"):
        return []
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    parent, _, name = module.rpartition(".")
    named = rf"^\s*(?:from|import) {re.escape(module)}\b(?!\.)"
    if parent:
        named += rf"|^\s*from {re.escape(parent)} import [^#\n]*\b{re.escape(name)}\b"
    pattern = re.compile(named, re.M)
    return [test for test in tests if pattern.search(texts.get(test, ""))]


def _in_feature_map(path: str, tests: Sequence[str], text: str) -> list[str]:
    """Return the tests in the rows of the map that name the file or a folder above it."""
    places = [
        path,
        *(f"{parent}/" for parent in Path(path).parents if str(parent) not in {".", "platform", "tests"}),
    ]
    rows = [line for line in text.splitlines() if any(f"`{place}`" in line for place in places)]
    named = {found for row in rows for found in re.findall(r"`(tests/[\w/.-]+)`", row)}
    return [
        test
        for test in tests
        if any(test == place or test.startswith(place.rstrip("/") + "/") for place in named)
    ]
