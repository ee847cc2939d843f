"""The size of the smallest group that may be shown stands in one place, and so does the comparison with it."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from companies.small_groups import SMALLEST_GROUP
from tests.test_repository import ROOT, TRACKED

HOME = "platform/companies/small_groups.py"
SOURCES = [
    path
    for path in TRACKED
    if path.endswith(".py")
    and path != HOME
    and not path.startswith(("tests/", "docs/"))
    and "/migrations/" not in path
    and (ROOT / path).exists()
]
TEMPLATES = [path for path in TRACKED if path.endswith(".html") and (ROOT / path).exists()]
# Words for the rule, in a name or in the comment beside or above it.
SPEAKS = re.compile(
    r"small|fewe(?:r|st)|few_|too.few|min(?:imum)?_?(?:n\b|group|count|cell|size|companies|facilities)|group.?size"
    r"|suppress|withh[eo]ld|reveal|single.compan|anonym|disclos|privacy",
    re.I,
)
COUNTS = re.compile(
    r"\b(?:n|count|counts|len|size|total|number|sum|rows|companies|facilities|members|scored|changes)\b"
    r"|(?:_n|_count|_counts|_size|_total)\b|\[.n.\]|\.shape\b",
    re.I,
)
# A table of more than four columns is set smaller; that is no count of companies.
IN_TEMPLATE = re.compile(
    r"{%(?![^%]*\.head\|length)[^%]*\b(?:el)?if\b[^%]*(?:(?:<|>=)\s*5|(?:<=|>)\s*4)\b[^%]*%}"
)
EDGES = {
    SMALLEST_GROUP: (ast.Lt, ast.GtE),  # n < 5, n >= 5
    SMALLEST_GROUP - 1: (ast.LtE, ast.Gt),  # n <= 4, n > 4
}
AMONG = ("range(1, 5)", "(1, 2, 3, 4)", "{1, 2, 3, 4}", "[1, 2, 3, 4]")
# Comparisons of something else with the same number, each with what it is about.
OTHER_LIMITS = {
    "platform/instrument/schema.py": "len(item.evidence)",  # an item names one to four kinds of evidence
}


def find_definitions(source: str) -> list[str]:
    """Lines that define the size again or compare a count with it: `line: text`."""
    tree, lines = ast.parse(source), source.splitlines()
    comments = {
        token.start[0]: token.string
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    found = set(_find_lines(tree, comments))
    return [f"{line}: {lines[line - 1].strip()}" for line in sorted(found)]


def _find_lines(tree: ast.Module, comments: dict[int, str]) -> Iterator[int]:
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value) if _is_size(value):
                names = " ".join(ast.unparse(target) for target in targets)
                if SPEAKS.search(f"{names} {_get_comment(node.lineno, comments)}"):
                    yield node.lineno
            case ast.AnnAssign(target=target, value=ast.expr() as value) if _is_size(value):
                if SPEAKS.search(f"{ast.unparse(target)} {_get_comment(node.lineno, comments)}"):
                    yield node.lineno
            case ast.arguments():
                named = [*node.posonlyargs, *node.args]
                pairs = [
                    *zip(named[len(named) - len(node.defaults) :], node.defaults, strict=True),
                    *zip(node.kwonlyargs, node.kw_defaults, strict=True),
                ]
                yield from (
                    name.lineno
                    for name, value in pairs
                    if value and _is_size(value) and SPEAKS.search(name.arg)
                )
            case ast.keyword(arg=str(name), value=value) if _is_size(value) and SPEAKS.search(name):
                yield node.lineno
            case ast.Compare() if _compares_count(node):
                yield node.lineno


def _is_size(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and type(value.value) is int and value.value == SMALLEST_GROUP


def _get_comment(line: int, comments: dict[int, str]) -> str:
    """The comment on the line, and the block of comments that ends above it."""
    found, above = [comments.get(line, "")], line - 1
    while above in comments:
        found.append(comments[above])
        above -= 1
    return " ".join(found)


def _compares_count(node: ast.Compare) -> bool:
    if any(isinstance(sign, ast.In | ast.NotIn) for sign in node.ops):
        return ast.unparse(node.comparators[-1]) in AMONG and bool(COUNTS.search(ast.unparse(node.left)))
    sides = [node.left, *node.comparators]
    for left, sign, right in zip(sides, node.ops, sides[1:], strict=False):
        for number, other, turned in ((right, left, False), (left, right, True)):
            if not isinstance(number, ast.Constant) or type(number.value) is not int:
                continue
            edges: tuple[type[ast.cmpop], ...] = EDGES.get(number.value, ())
            if turned:  # 5 > n says what n < 5 says
                edges = tuple(TURNED[edge] for edge in edges)
            if isinstance(sign, edges) and COUNTS.search(ast.unparse(other)):
                return True
    return False


TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt, ast.GtE: ast.LtE, ast.LtE: ast.GtE, ast.Gt: ast.Lt,
}  # fmt: skip


def test_size_of_small_groups_is_defined_once() -> None:
    found = [
        f"{path}:{line}"
        for path in SOURCES
        for line in find_definitions((ROOT / path).read_text(encoding="utf-8"))
        if OTHER_LIMITS.get(path, "\n") not in line
    ]
    assert len(SOURCES) > 400
    assert not found, f"use {HOME}"


def test_templates_do_not_compare_with_the_size() -> None:
    found = [path for path in TEMPLATES if IN_TEMPLATE.search((ROOT / path).read_text(encoding="utf-8"))]
    assert not found, f"use {HOME}"


def test_the_size_is_where_it_should_be() -> None:
    assert find_definitions(Path(ROOT / HOME).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "planted",
    [
        "SMALLEST_GROUP = 5",
        "SMALLEST_GROUP: Final = 5",
        "MINIMUM_COUNT: int = 5",
        "# Figures over fewer than this many are not shown.\nLIMIT = 5",
        "# One comment,\n# of which the first line speaks of small groups and the last does not:\n# so.\nK = 5",
        "K = 5  # would reveal single companies",
        "class Panel:\n    smallest = 5",
        "def show(counts, smallest_group=5): ...",
        "def show(*, min_count: int = 5): ...",
        "show(counts, smallest=5)",
        "if len(rows) < 5: ...",
        "if rows.count() >= 5: ...",
        "if 5 > n: ...",
        "shown = count if count > 4 else None",
        "hidden = 0 < count < 5",
        'groups = [g for g in groups if g["n"] >= 5]',
        "small = count in range(1, 5)",
    ],
)
def test_planted_second_definition_is_found(planted: str) -> None:
    assert find_definitions(f"import os\n\n\n{planted}\n")


@pytest.mark.parametrize(
    "harmless",
    [
        "SHOWN_ANSWERS = 5",
        "if len(rows) < 6: ...",
        "if level >= 5: ...",
        "FEWEST = 10",
        "# five fields\nFIELDS = 5",
    ],
)
def test_other_fives_are_let_be(harmless: str) -> None:
    assert not find_definitions(harmless)
