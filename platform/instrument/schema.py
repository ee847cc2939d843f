"""From the parsed definition files of a version to an `Instrument`, checking all of the format on the way."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import cast

from instrument.definition import Dimension, Instrument, LevelGate, LevelRule, OfficialDimension, Section
from instrument.errors import DefinitionError
from instrument.field_reader import FieldReader
from instrument.item import Item, ItemFigure, ItemOption, Kind, Part
from instrument.text import Text

PART_FILES: dict[str, Part] = {
    "official.json": "official",
    "scenarios.json": "scenario",
    "sector.json": "sector",
    "ai.json": "ai",
}
INSTRUMENT_FILE = "instrument.json"
STEPS_FILE = "steps.json"
SECTIONS_FILE = "sections.json"
CONTENT_FILES = (INSTRUMENT_FILE, *PART_FILES, STEPS_FILE)
"""What is asked and how it counts: these are hashed. Where the pages of the questionnaire end is no part of it."""
FILES = (*CONTENT_FILES, SECTIONS_FILE)
SECTION_ITEMS = range(5, 9)
"""How many items a section may have."""

NOTICES = {"official_prevails", "own_composition", "not_compared"}
HIGHEST_STAGE = 127
"""Stages travel as signed bytes."""
WHOLE = Fraction(100)
"""Base points of all official items together, by the ministry's instrument."""

_ITEM_REQUIRED = {
    "code", "kind", "name", "question", "help", "why", "evidence", "basis", "max_stage", "options", "figures",
}  # fmt: skip
_ITEM_OPTIONAL = {
    "official": {"bins", "effort", "unchanged_within"},
    "scenario": {"binding"},
    "sector": set[str](),
    "ai": set[str](),
}
EFFORTS = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class _Places:
    """Places of the items: the code of its dimension and that of its section, by item code."""

    dimensions: Mapping[str, str]
    sections: Mapping[str, str]


def build_instrument(documents: Mapping[str, object], sha256: str) -> Instrument:
    """Build the instrument that the documents, keyed by file name, define; raises `DefinitionError`."""
    reader = FieldReader.create(INSTRUMENT_FILE, "", "", documents[INSTRUMENT_FILE])
    reader.require_fields(
        {"version", "title", "notices", "item_order", "not_applicable", "dimensions", "level_rule"},
    )
    order = reader.read_codes("item_order")
    dimensions = _read_dimensions(reader, order)
    sections = _read_sections(documents[SECTIONS_FILE], dimensions)
    places = _Places(
        dimensions={code: dimension.code for dimension in dimensions for code in dimension.items},
        sections={code: section.code for section in sections for code in section.items},
    )
    items: dict[str, Item] = {}
    for file, part in PART_FILES.items():
        for item in _read_items(file, part, documents[file], places):
            if item.code in items:
                raise DefinitionError(file, item.code, "code", "is used twice")
            items[item.code] = item
    if absent := [code for code in order if code not in items]:
        raise reader.build_error("item_order", f"names {absent[0]}, which no file defines")
    _check_links(items)
    notices = reader.read_object("notices")
    notices.require_fields(NOTICES)
    not_applicable = reader.read_object("not_applicable")
    not_applicable.require_fields({"allowed", "cap"})
    allowed = not_applicable.read_codes("allowed")
    for code in allowed:
        if code not in items or items[code].part in {"official", "scenario"}:
            raise not_applicable.build_error("allowed", f"{code} is no item that may be said not to apply")
    return Instrument(
        version=reader.read_string("version"),
        sha256=sha256,
        title=reader.read_text("title"),
        notices={key: notices.read_text(key) for key in sorted(NOTICES)},
        items=tuple(items[code] for code in order),
        dimensions=dimensions,
        sections=sections,
        not_applicable_allowed=frozenset(allowed),
        not_applicable_cap=not_applicable.read_decimal("cap"),
        rule=_read_rule(reader.read_object("level_rule"), items),
        step_titles=_read_step_titles(documents[STEPS_FILE], order),
    )


def _read_dimensions(reader: FieldReader, order: tuple[str, ...]) -> tuple[Dimension, ...]:
    dimensions = []
    for entry in reader.iter_objects("dimensions"):
        entry.require_fields({"code", "name", "short", "intro", "weight", "items"})
        dimension = Dimension(
            code=entry.read_string("code"),
            name=entry.read_text("name"),
            short=entry.read_text("short"),
            intro=entry.read_text("intro"),
            weight=entry.read_decimal("weight"),
            items=entry.read_codes("items"),
        )
        if not dimension.items:
            raise entry.build_error("items", "must name at least one item")
        dimensions.append(dimension)
    if len({dimension.code for dimension in dimensions}) != len(dimensions):
        raise reader.build_error("dimensions", "uses a code twice")
    _check_partition(reader, "dimensions", [code for found in dimensions for code in found.items], order)
    if (total := sum(dimension.weight for dimension in dimensions)) != 1:
        raise reader.build_error("dimensions", f"weights add up to {float(total)}, not to 1")
    return tuple(dimensions)


def _read_sections(document: object, dimensions: tuple[Dimension, ...]) -> tuple[Section, ...]:
    reader = FieldReader.create(SECTIONS_FILE, "", "", document)
    reader.require_fields({"sections"})
    sections = []
    for entry in reader.iter_objects("sections"):
        entry.require_fields({"code", "name", "intro", "items"})
        section = Section(
            code=entry.read_string("code"),
            name=entry.read_text("name"),
            intro=entry.read_text("intro"),
            items=entry.read_codes("items"),
        )
        if len(section.items) not in SECTION_ITEMS:
            low, high = SECTION_ITEMS[0], SECTION_ITEMS[-1]
            raise entry.build_error("items", f"must be {low} to {high}, not {len(section.items)}")
        sections.append(section)
    if len({section.code for section in sections}) != len(sections):
        raise reader.build_error("sections", "uses a code twice")
    asked = [code for dimension in dimensions for code in dimension.items]
    if [code for section in sections for code in section.items] != asked:
        raise reader.build_error("sections", "must name every item once, in the order of the dimensions")
    return tuple(sections)


def _check_partition(reader: FieldReader, field: str, named: list[str], codes: tuple[str, ...]) -> None:
    for code in codes:
        if named.count(code) != 1:
            raise reader.build_error(field, f"must name {code} exactly once, not {named.count(code)} times")
    if extra := set(named) - set(codes):
        raise reader.build_error(field, f"names {min(extra)}, which does not belong here")


def _read_items(file: str, part: Part, document: object, places: _Places) -> list[Item]:
    reader = FieldReader.create(file, "", "", document)
    reader.require_fields({"part", "items"})
    reader.read_choice("part", (part,))
    items = []
    for index, raw in enumerate(reader.read_list("items")):
        code = FieldReader.create(file, "", f"items[{index}]", raw).read_string("code")
        entry = FieldReader.create(file, code, "", raw)
        if code not in places.dimensions:
            raise entry.build_error("code", "is not in item_order")
        items.append(_read_item(entry, part, places))
    return items


def _read_item(entry: FieldReader, part: Part, places: _Places) -> Item:
    entry.require_fields(_ITEM_REQUIRED, _ITEM_OPTIONAL[part])
    kinds = ("single", "multiple") if part == "official" else ("scale",)
    kind = cast(Kind, entry.read_choice("kind", kinds))
    if part == "scenario":
        entry.get("binding")
    code = entry.read_string("code")
    item = Item(
        code=code,
        part=part,
        kind=kind,
        dimension=places.dimensions[code],
        section=places.sections[code],
        name=entry.read_text("name"),
        question=entry.read_text("question"),
        help=entry.read_text("help"),
        why=entry.read_text("why"),
        evidence=tuple(text.parse_text() for text in entry.iter_objects("evidence")),
        basis=entry.read_text("basis"),
        binding=entry.read_flag("binding"),
        max_stage=entry.read_integer("max_stage"),
        options=tuple(_read_option(option, part) for option in entry.iter_objects("options")),
        figures=tuple(_read_figure(figure) for figure in entry.iter_objects("figures")),
        bins=_read_bins(entry),
        effort=entry.read_integer("effort") if part == "official" else None,
        unchanged_within=entry.read_decimal("unchanged_within")
        if "unchanged_within" in entry.content
        else None,
    )
    _check_item(entry, item)
    return item


def _read_option(entry: FieldReader, part: Part) -> ItemOption:
    official = part == "official"
    entry.require_fields(
        {"key", "label", "points"} if official else {"key", "label"},
        {"detail", "example", "exclusive", "scenario"} if official else {"detail", "example"},
    )
    return ItemOption(
        key=entry.read_string("key"),
        label=entry.read_text("label"),
        detail=entry.read_optional_text("detail"),
        example=entry.read_optional_text("example"),
        points=entry.read_decimal("points") if official else None,
        exclusive=entry.read_flag("exclusive"),
        scenario=entry.read_string("scenario") if "scenario" in entry.content else None,
    )


def _read_figure(entry: FieldReader) -> ItemFigure:
    entry.require_fields({"code", "label", "unit", "kind"})
    kind = entry.read_choice("kind", ("integer", "decimal"))
    return ItemFigure(
        code=entry.read_string("code"),
        label=entry.read_text("label"),
        unit=entry.read_text("unit"),
        kind="integer" if kind == "integer" else "decimal",
    )


def _read_bins(entry: FieldReader) -> tuple[int, ...]:
    values = entry.read_list("bins") if "bins" in entry.content else []
    bins = tuple(value for value in values if isinstance(value, int) and not isinstance(value, bool))
    if len(bins) != len(values) or any(low >= high for low, high in pairwise(bins)):
        raise entry.build_error("bins", "must be ascending upper bounds in whole per cent")
    return bins


def _check_item(entry: FieldReader, item: Item) -> None:
    if not 1 <= len(item.evidence) <= 4:
        raise entry.build_error("evidence", "must name one to four pieces of evidence")
    keys = [option.key for option in item.options]
    expected = string.digits[: len(keys)] if item.kind == "scale" else string.ascii_uppercase[: len(keys)]
    if len(keys) < 2 or keys != list(expected):
        raise entry.build_error("options", f"must have the keys {', '.join(expected)} in this order")
    exclusive = [option.key for option in item.options if option.exclusive]
    if exclusive != (["A"] if item.kind == "multiple" else []):
        raise entry.build_error(
            "options", "must mark option A of a multiple choice as exclusive, and nothing else"
        )
    if item.part == "official" and item.options[0].points != 0:
        raise entry.build_error("options[0].points", "must be 0: the first option is the lowest")
    if item.kind == "multiple" and not all(option.points for option in item.options[1:]):
        raise entry.build_error("options", "must give points to every option but the first")
    if item.bins and (len(item.bins) != len(keys) or item.bins[-1] != 100):
        raise entry.build_error("bins", "must have one upper bound per option and end at 100")
    if item.part == "official" and item.effort not in EFFORTS:
        raise entry.build_error("effort", "must be 1, 2, 3 or 4")
    highest = item.reachable_stages[-1]
    if item.max_stage != highest or highest > HIGHEST_STAGE:
        raise entry.build_error("max_stage", f"must be {highest}, the highest stage of the options")


def _check_links(items: Mapping[str, Item]) -> None:
    """Check that scenarios named by options exist and figure codes are unique."""
    figures: set[str] = set()
    for item in items.values():
        for option in item.options:
            if option.scenario and (
                option.scenario not in items or items[option.scenario].part != "scenario"
            ):
                raise DefinitionError(
                    "official.json",
                    item.code,
                    f"options.{option.key}.scenario",
                    f"{option.scenario} is no scenario",
                )
        for figure in item.figures:
            if figure.code in figures:
                raise DefinitionError("", item.code, "figures", f"{figure.code} is used twice")
            figures.add(figure.code)


def _read_rule(reader: FieldReader, items: Mapping[str, Item]) -> LevelRule:
    reader.require_fields({"gates", "names", "dimensions"})
    gates = []
    for entry in reader.iter_objects("gates"):
        entry.require_fields({"level", "base", "scenarios", "binding"})
        gates.append(
            LevelGate(
                level=entry.read_integer("level"),
                base=entry.read_decimal("base"),
                scenarios=entry.read_integer("scenarios"),
                binding=entry.read_integer("binding"),
            )
        )
    if [gate.level for gate in gates] != [1, 2, 3, 4]:
        raise reader.build_error("gates", "must be those of levels 1, 2, 3, 4 in this order")
    names = tuple(text.parse_text() for text in reader.iter_objects("names"))
    if len(names) != len(gates) + 1:
        raise reader.build_error("names", "must name the levels 0 to 4")
    dimensions = []
    for entry in reader.iter_objects("dimensions"):
        entry.require_fields({"code", "name", "items"})
        dimensions.append(
            OfficialDimension(
                code=entry.read_string("code"), name=entry.read_text("name"), items=entry.read_codes("items")
            )
        )
    official = [item for item in items.values() if item.part == "official"]
    named = [code for dimension in dimensions for code in dimension.items]
    _check_partition(reader, "dimensions", named, tuple(item.code for item in official))
    if (total := sum(item.max_points for item in official)) != WHOLE:
        raise DefinitionError(
            "official.json", "", "points", f"add up to {float(total)}, not to {float(WHOLE)}"
        )
    return LevelRule(gates=tuple(gates), names=names, dimensions=tuple(dimensions))


def _read_step_titles(document: object, order: tuple[str, ...]) -> dict[str, Text]:
    reader = FieldReader.create(STEPS_FILE, "", "", document)
    reader.require_fields({"steps"})
    steps = reader.read_object("steps")
    steps.require_fields(set(order))
    titles = {}
    for code in order:
        entry = FieldReader.create(STEPS_FILE, code, "", steps.content[code])
        entry.require_fields({"title"})
        titles[code] = entry.read_text("title")
    return titles
