"""What a definition file must look like, and publishing."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from instrument import CURRENT, DefinitionError
from instrument.loader import DEFINITIONS, read_documents, read_published, read_version
from instrument.publish import main, publish_version
from instrument.schema import build_instrument

Edit = Callable[[Any], object]


@pytest.fixture
def definitions(tmp_path: Path) -> Path:
    """A folder with an unpublished copy of the current version."""
    shutil.copytree(DEFINITIONS / CURRENT, tmp_path / CURRENT)
    return tmp_path


def option(document: Any, item: int, index: int) -> Any:
    """One option of one item of a file."""
    return document["items"][item]["options"][index]


def section(document: Any, index: int) -> Any:
    """The items of one section."""
    return document["sections"][index]["items"]


def refusal(file: str, edit: Edit) -> DefinitionError:
    """The error that one edit of one file leads to."""
    documents: dict[str, Any] = copy.deepcopy(read_documents(DEFINITIONS / CURRENT))
    edit(documents[file])
    with pytest.raises(DefinitionError) as caught:
        build_instrument(documents, "")
    return caught.value


@pytest.mark.parametrize(
    ("file", "item", "field", "edit"),
    [
        ("official.json", "B1", "why", lambda d: d["items"][0].pop("why")),
        ("official.json", "B1", "colour", lambda d: d["items"][0].update(colour="red")),
        ("official.json", "B1", "binding", lambda d: d["items"][0].update(binding=True)),
        ("official.json", "B1", "name.zh-hans", lambda d: d["items"][0]["name"].update({"zh-hans": " "})),
        ("official.json", "B1", "name.zh-hans", lambda d: d["items"][0]["name"].pop("zh-hans")),
        ("official.json", "B1", "options[2].points", lambda d: option(d, 0, 2).update(points=2)),
        ("official.json", "B1", "options[0].points", lambda d: option(d, 0, 0).update(points="1")),
        ("official.json", "B1", "options", lambda d: option(d, 0, 0).pop("exclusive")),
        ("official.json", "B1", "options", lambda d: d["items"][0]["options"].reverse()),
        ("official.json", "B1", "max_stage", lambda d: d["items"][0].update(max_stage=5)),
        ("official.json", "B1", "evidence", lambda d: d["items"][0]["evidence"].clear()),
        ("official.json", "B1", "effort", lambda d: d["items"][0].update(effort=9)),
        ("official.json", "B2", "bins", lambda d: d["items"][1].update(bins=[10, 20, 40, 60, 90])),
        ("official.json", "B2", "bins", lambda d: d["items"][1].update(bins=[10, 40, 20, 60, 100])),
        ("official.json", "B4", "options.B.scenario", lambda d: option(d, 3, 1).update(scenario="C99")),
        ("official.json", "", "points", lambda d: option(d, 11, 2).update(points="8")),
        ("scenarios.json", "C01", "binding", lambda d: d["items"][0].pop("binding")),
        ("scenarios.json", "C01", "kind", lambda d: d["items"][0].update(kind="single")),
        ("sector.json", "", "part", lambda d: d.update(part="ai")),
        ("sector.json", "X9x", "code", lambda d: d["items"][0].update(code="X9x")),
        ("ai.json", "b12", "code", lambda d: d["items"][0].update(code="b12")),
        ("instrument.json", "", "item_order", lambda d: d["item_order"].append("B1")),
        ("instrument.json", "", "dimensions", lambda d: d["dimensions"][0].update(weight="0.2")),
        ("instrument.json", "", "dimensions", lambda d: d["dimensions"][0]["items"].append("B1")),
        ("instrument.json", "", "dimensions", lambda d: d["dimensions"][0]["items"].remove("G1")),
        ("instrument.json", "", "level_rule.gates", lambda d: d["level_rule"]["gates"].pop()),
        ("instrument.json", "", "not_applicable.cap", lambda d: d["not_applicable"].update(cap=0.1)),
        ("instrument.json", "", "notices.not_compared", lambda d: d["notices"].pop("not_compared")),
        ("steps.json", "", "steps.B1", lambda d: d["steps"].pop("B1")),
        ("sections.json", "", "sections[0].items", lambda d: section(d, 0).extend(section(d, 1)[:2])),
        ("sections.json", "", "sections[7].items", lambda d: section(d, 7).pop()),
        ("sections.json", "", "sections", lambda d: section(d, 0).reverse()),
        ("sections.json", "", "sections", lambda d: d["sections"].reverse()),
        ("sections.json", "", "sections", lambda d: section(d, 1).append(section(d, 2)[0])),
        ("sections.json", "", "sections", lambda d: section(d, 8).pop()),
        ("sections.json", "", "sections", lambda d: d["sections"][1].update(code="S1")),
    ],
)  # fmt: skip
def test_build_with_a_wrong_field_names_file_item_and_field(
    file: str, item: str, field: str, edit: Edit
) -> None:
    error = refusal(file, edit)
    assert (error.file, error.item, error.field) == (file, item, field)
    assert error.message


def test_read_without_a_file_names_it(definitions: Path) -> None:
    (definitions / CURRENT / "ai.json").unlink()
    with pytest.raises(DefinitionError, match=r"ai\.json: the file is missing"):
        read_version(CURRENT, definitions)


def test_read_with_broken_json_names_the_file(definitions: Path) -> None:
    (definitions / CURRENT / "ai.json").write_text("{", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"ai\.json: not valid JSON"):
        read_version(CURRENT, definitions)


@pytest.mark.parametrize("version", ["", "..", "../2024.1"])
def test_read_outside_the_folder_is_refused(version: str) -> None:
    with pytest.raises(DefinitionError, match="is no version"):
        read_version(version)


def test_hash_ignores_layout_but_not_content(definitions: Path) -> None:
    before = read_version(CURRENT, definitions).sha256
    path = definitions / CURRENT / "official.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(content), encoding="utf-8")
    assert read_version(CURRENT, definitions).sha256 == before
    content["items"][0]["why"]["en"] += " Indeed."
    path.write_text(json.dumps(content), encoding="utf-8")
    assert read_version(CURRENT, definitions).sha256 != before


def test_hash_ignores_where_sections_end(definitions: Path) -> None:
    before = read_version(CURRENT, definitions)
    path = definitions / CURRENT / "sections.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    section(content, 1).append(section(content, 2).pop(0))
    path.write_text(json.dumps(content), encoding="utf-8")
    after = read_version(CURRENT, definitions)
    assert after.sha256 == before.sha256
    assert [len(one.items) for one in after.sections] != [len(one.items) for one in before.sections]


def test_unpublished_version_does_not_load(definitions: Path) -> None:
    with pytest.raises(DefinitionError, match="has not been published"):
        read_published(CURRENT, definitions)


def test_publish_twice_without_a_change_is_allowed(definitions: Path) -> None:
    assert publish_version(CURRENT, definitions) == publish_version(CURRENT, definitions)
    assert read_published(CURRENT, definitions).version == CURRENT


def test_published_version_that_changed_neither_loads_nor_publishes(definitions: Path) -> None:
    publish_version(CURRENT, definitions)
    path = definitions / CURRENT / "official.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace("Factory networks", "Networks"), encoding="utf-8"
    )
    with pytest.raises(DefinitionError, match="published as"):
        read_published(CURRENT, definitions)
    with pytest.raises(DefinitionError, match="already published with other content"):
        publish_version(CURRENT, definitions)


def test_publish_command_with_an_unknown_version_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["1999.1"]) == 2
    assert "instrument.json: the file is missing" in capsys.readouterr().err
