"""Grading lines of JSON, as a function and as a command."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from instrument import GradeError, grade_lines
from tests.instrument.strategies import INSTRUMENT
from tests.instrument.worked_examples import EXAMPLES

ROOT = Path(__file__).resolve().parents[2]


def lines() -> list[str]:
    return [json.dumps(example.line()) for example in EXAMPLES]


def test_grade_lines_of_the_worked_examples() -> None:
    results = grade_lines(lines(), INSTRUMENT)
    assert [result["level"] for result in results] == [example.level for example in EXAMPLES]
    assert [result["base"] for result in results] == [example.base for example in EXAMPLES]
    assert [tuple(result["by_dimension"].values()) for result in results] == [
        example.by_dimension for example in EXAMPLES
    ]
    assert list(results[0]["by_dimension"]) == ["数字化基础", "数字化管理", "数字化成效"]


def test_grade_lines_prints_points_as_short_numbers() -> None:
    result = json.dumps(grade_lines(lines(), INSTRUMENT)[2], ensure_ascii=False)
    assert '"base": 51.2,' in result
    assert '"数字化基础": 21.45,' in result


def test_grade_lines_skips_blank_lines_but_counts_them() -> None:
    assert len(grade_lines(["\ufeff{}\r\n", "\n", "  ", "{}", ""], INSTRUMENT)) == 2
    with pytest.raises(GradeError) as caught:
        grade_lines(["{}", "", "x"], INSTRUMENT)
    assert caught.value.line == 3


def test_grade_lines_hands_the_name_through() -> None:
    assert grade_lines(['{"name": "虚构一号"}'], INSTRUMENT)[0]["name"] == "虚构一号"


def test_grade_lines_takes_an_empty_list_as_absent() -> None:
    assert grade_lines(['{"answers": {"B1": []}}'], INSTRUMENT) == grade_lines(["{}"], INSTRUMENT)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ('{"answers": {"B1": ["A", "B"]}}', "answers.B1"),
        ('{"answers": {"B1": ["B", "B"]}}', "answers.B1"),
        ('{"answers": {"B1": "B"}}', "answers.B1"),
        ('{"answers": {"B2": ["B"]}}', "answers.B2"),
        ('{"answers": {"B2": null}}', "answers.B2"),
        ('{"answers": {"B2": "Z"}}', "answers.B2"),
        ('{"answers": {"B2": true}}', "answers.B2"),
        ('{"answers": {"C01": 2}}', "answers.C01"),
        ('{"answers": {"X1": 2}}', "answers.X1"),
        ('{"answers": []}', "answers"),
        ('{"answers": null}', "answers"),
        ('{"scenario_levels": {"C01": true}}', "scenario_levels.C01"),
        ('{"scenario_levels": {"C01": "2"}}', "scenario_levels.C01"),
        ('{"scenario_levels": {"C01": 2.0}}', "scenario_levels.C01"),
        ('{"scenario_levels": {"C01": null}}', "scenario_levels.C01"),
        ('{"scenario_levels": {"C01": 5}}', "scenario_levels.C01"),
        ('{"scenario_levels": {"C01": -1}}', "scenario_levels.C01"),
        ('{"scenario_levels": {"C17": 1}}', "scenario_levels.C17"),
        ('{"scenario_levels": {"B2": "A"}}', "scenario_levels.B2"),
        ('{"answer": {}}', "answer"),
        ('{"name": 1}', "name"),
        ('{"name": "\\ud800"}', "name"),
        ('{"answers": {}, "answers": {}}', "answers"),
        ('{"answers": {"B2": "A", "B2": "E"}}', "B2"),
        ("[]", ""),
        ("3", ""),
        ('{"answers": ', ""),
        ('{"answers": {"B2": NaN}}', "answers.B2"),
        ("[" * 100_000, ""),
    ],
)
def test_grade_lines_with_a_wrong_line_names_line_and_field(content: str, field: str) -> None:
    with pytest.raises(GradeError) as caught:
        grade_lines(["{}", content], INSTRUMENT)
    assert (caught.value.line, caught.value.field) == (2, field)
    assert str(caught.value).startswith("line 2: ")


def test_command_reads_a_file_and_prints_one_result_per_line(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text("\n".join(lines()) + "\n", encoding="utf-8")
    output = io.StringIO()
    call_command("grade", str(path), stdout=output)
    results = [json.loads(line) for line in output.getvalue().splitlines()]
    assert results == grade_lines(lines(), INSTRUMENT)
    assert "数字化基础" in output.getvalue()


def test_command_with_one_wrong_line_prints_nothing_and_exits_with_2() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "grade", "-"],
        cwd=ROOT,
        input=b'{}\n{"scenario_levels": {"C01": "2"}}\n',
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"line 2: scenario_levels.C01" in done.stderr


def test_command_escapes_what_the_output_cannot_hold(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text('{"name": "虚构一号"}', encoding="utf-8")
    raw = io.BytesIO()
    output = io.TextIOWrapper(raw, encoding="gb18030")
    call_command("grade", str(path), stdout=output)
    output.flush()
    assert raw.getvalue().isascii()
    assert json.loads(raw.getvalue())["name"] == "虚构一号"


@pytest.mark.parametrize(
    ("content", "message"), [(None, "No such file"), (b"{}\n\xff\n", "not UTF-8 at byte 3")]
)
def test_command_with_an_unreadable_file_fails(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "answers.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=message) as caught:
        call_command("grade", str(path))
    assert caught.value.returncode == 2
