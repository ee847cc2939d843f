"""The published instrument itself: structure, weights, texts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from fractions import Fraction

import pytest

from instrument import CURRENT, load_instrument
from instrument.loader import DEFINITIONS, list_versions, read_published_hashes, read_version
from instrument.schema import FILES

HAN = "[\u4e00-\u9fff]"
INSTRUMENT = load_instrument()


def texts(content: object, place: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every bilingual text below some JSON content, with the place where it stands."""
    if isinstance(content, dict):
        if "en" in content or "zh-hans" in content:
            yield place, content
        else:
            for key, value in content.items():
                yield from texts(value, f"{place}.{key}")
    elif isinstance(content, list):
        for index, value in enumerate(content):
            yield from texts(value, f"{place}[{index}]")


def all_texts() -> list[tuple[str, dict[str, str]]]:
    folder = DEFINITIONS / CURRENT
    return [
        found
        for name in FILES
        for found in texts(json.loads((folder / name).read_text(encoding="utf-8")), name)
    ]


def test_published_hash_is_that_of_the_files() -> None:
    assert read_published_hashes()[CURRENT] == read_version(CURRENT).sha256 == INSTRUMENT.sha256


def test_every_version_is_published_unchanged() -> None:
    folders = {path.name for path in DEFINITIONS.iterdir() if path.is_dir()}
    assert {version: read_version(version).sha256 for version in folders} == read_published_hashes()


def test_load_reads_once() -> None:
    assert load_instrument() is load_instrument()


def test_instrument_has_sixty_items_in_four_parts() -> None:
    parts = [item.part for item in INSTRUMENT.items]
    assert len(parts) == 60
    assert [parts.count(part) for part in ("official", "scenario", "sector", "ai")] == [15, 16, 9, 20]


def test_official_items_have_the_points_of_the_ministry() -> None:
    points = {item.code: float(item.max_points) for item in INSTRUMENT.official_items}
    assert points == {
        "B1": 8, "B2": 6, "B3": 6, "B4": 10, "B5": 10, "B6": 5, "B7": 5,
        "G1": 7.5, "G2": 7.5, "G3": 7.5, "G4": 7.5,
        "R1": 7, "R2": 7, "R3": 3, "R4": 3,
    }  # fmt: skip


def test_ten_scenarios_are_binding() -> None:
    binding = {item.code for item in INSTRUMENT.items if item.binding}
    assert binding == {"C01", "C03", "C06", "C07", "C08", "C09", "C10", "C11", "C12", "C13"}


def test_highest_stages_follow_the_options() -> None:
    others = {"B4": 100, "G1": 5, "G3": 5, "R1": 2, "R2": 2, "R3": 2, "R4": 2}
    expected = tuple(others.get(code, 4) for code in INSTRUMENT.item_order)
    assert INSTRUMENT.list_max_stages() == expected


def test_weights_add_up_to_one_and_split_evenly() -> None:
    assert sum(INSTRUMENT.get_weight(code) for code in INSTRUMENT.item_order) == 1
    assert INSTRUMENT.get_weight("G1") == Fraction(1, 70)
    assert INSTRUMENT.get_weight("C05") == Fraction(17, 1000)


def test_dimensions_partition_the_items() -> None:
    named = [code for dimension in INSTRUMENT.dimensions for code in dimension.items]
    assert sorted(named) == sorted(INSTRUMENT.item_order)
    assert len(INSTRUMENT.dimensions) == 10
    assert all(
        INSTRUMENT.get_item(code).dimension == d.code for d in INSTRUMENT.dimensions for code in d.items
    )


@pytest.mark.parametrize("version", list_versions())
def test_sections_hold_every_item_once_in_order_by_five_to_eight(version: str) -> None:
    instrument = read_version(version)
    asked = [code for dimension in instrument.dimensions for code in dimension.items]
    assert [code for section in instrument.sections for code in section.items] == asked
    assert sorted(asked) == sorted(instrument.item_order)
    assert all(5 <= len(section.items) <= 8 for section in instrument.sections)
    assert all(
        instrument.get_item(code).section == one.code for one in instrument.sections for code in one.items
    )
    assert all(instrument.get_section(one.code) is one for one in instrument.sections)


def test_only_five_items_may_not_apply() -> None:
    assert INSTRUMENT.not_applicable_allowed == {"X5", "X6", "X7", "b41", "b43"}


def test_automatic_capture_names_the_scenario_of_each_link() -> None:
    options = INSTRUMENT.get_item("B4").options
    assert [option.scenario for option in options] == [None] + [f"C{number:02d}" for number in range(1, 15)]


def test_every_text_is_in_both_languages() -> None:
    places = [place for place, text in all_texts() if set(text) != {"en", "zh-hans"}]
    assert places == []


def test_every_chinese_text_contains_han_characters() -> None:
    # The sign for per cent is the same in both languages.
    without = [
        place for place, text in all_texts() if text["zh-hans"] != "%" and not re.search(HAN, text["zh-hans"])
    ]
    assert without == []


def test_chinese_texts_use_full_width_punctuation() -> None:
    pattern = re.compile(f"{HAN}[,.;:!?()]|[,;:!?(]{HAN}")
    assert [place for place, text in all_texts() if pattern.search(text["zh-hans"])] == []


def test_chinese_texts_part_han_from_latin_and_digits_by_a_space() -> None:
    pattern = re.compile(f"{HAN}[A-Za-z0-9]|[A-Za-z0-9%]{HAN}")
    notice = "工信厅企业〔2024〕56号"
    assert [p for p, text in all_texts() if pattern.search(text["zh-hans"].replace(notice, ""))] == []


def test_every_option_above_the_lowest_has_an_example() -> None:
    without_need = {"B2", "B3", "G4", "R1", "R2", "R3", "R4"}
    missing = [
        f"{item.code}.{option.key}"
        for item in INSTRUMENT.items
        if item.code not in without_need
        for option in item.options[1:]
        if option.example is None
    ]
    assert missing == []


@pytest.mark.parametrize("part", ["sector", "ai"])
def test_own_composition_says_so(part: str) -> None:
    bases = [item.basis for item in INSTRUMENT.items if item.part == part]
    assert all("own composition" in basis.en.lower() for basis in bases)
    assert all("自行编制" in basis.zh_hans for basis in bases)


def test_official_items_say_where_they_come_from() -> None:
    official = [*INSTRUMENT.official_items, *INSTRUMENT.scenarios]
    assert all("工信厅企业〔2024〕56号" in item.basis.en and "ours" in item.basis.en for item in official)


def test_text_in_language_falls_back_to_english() -> None:
    name = INSTRUMENT.get_item("B1").name
    assert name.translate("zh-hans") == name.translate("zh-cn") == name.translate("zh_CN") == name.zh_hans
    assert name.translate("en-gb") == name.translate("vi") == name.en
