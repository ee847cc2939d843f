"""What differs between two versions of the questionnaire."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from instrument import CURRENT, Instrument, loader
from instrument.comparison import Aspect, InstrumentChange, compare_instruments


@pytest.fixture
def definitions(tmp_path: Path) -> Path:
    for name in ("2024.1", "2025.1"):
        shutil.copytree(loader.DEFINITIONS / CURRENT, tmp_path / name)
    return tmp_path


def edited(definitions: Path, **files: Any) -> Instrument:
    """The later version after `change(document)` on each named file."""
    files["instrument"] = files.get("instrument", lambda document: None)
    for name, change in files.items():
        path = definitions / "2025.1" / f"{name}.json"
        document = json.loads(path.read_text(encoding="utf-8"))
        change(document)
        if name == "instrument":
            document["version"] = "2025.1"
        path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return loader.read_version("2025.1", definitions)


def test_same_content_differs_in_nothing(definitions: Path) -> None:
    assert compare_instruments(loader.read_version(CURRENT, definitions), edited(definitions), "en").is_empty


def test_changed_wording_points_and_other_language_are_found(definitions: Path) -> None:
    def change(document: dict[str, Any]) -> None:
        item = document["items"][0]
        item["question"]["en"] = "How is the shop floor connected?"
        item["help"]["zh-hans"] = "只改中文。"

    before = loader.read_version(CURRENT, definitions)
    found = compare_instruments(before, edited(definitions, official=change), "en")
    (row,) = found.changed
    assert row.item.code == before.items[0].code
    question, help_text = row.changes
    assert question == InstrumentChange(
        Aspect.QUESTION, "", before.items[0].question.en, "How is the shop floor connected?"
    )
    # Only the Chinese differs, so that is what is shown on an English page.
    assert help_text.after == "只改中文。"
    assert (found.added, found.removed, found.rules) == ((), (), ())


def test_versions_lists_the_folders_latest_first(definitions: Path) -> None:
    assert loader.list_versions(definitions) == ["2025.1", "2024.1"]
