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
from instrument.item import Figure, Item, Kind, Option, Part
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
    """Where each item belongs: the code of its dimension and that of its section, by item code."""

    dimensions: Mapping[str, str]
    sections: Mapping[str, str]


def build(documents: Mapping[str, object], sha256: str) -> Instrument:
    """The instrument that the documents, keyed by file name, define; raises `DefinitionError`."""
    reader = FieldReader.of(INSTRUMENT_FILE, "", "", documents[INSTRUMENT_FILE])
    reader.only(
        {"version", "title", "notices", "item_order", "not_applicable", "dimensions", "level_rule"},
    )
    order = reader.codes("item_order")
    dimensions = _dimensions(reader, order)
    sections = _sections(documents[SECTIONS_FILE], dimensions)
    places = _Places(
        dimensions={code: dimension.code for dimension in dimensions for code in dimension.items},
        sections={code: section.code for section in sections for code in section.items},
    )
    items: dict[str, Item] = {}
    for file, part in PART_FILES.items():
        for item in _items(file, part, documents[file], places):
            if item.code in items:
                raise DefinitionError(file, item.code, "code", "is used twice")
            items[item.code] = item
    if absent := [code for code in order if code not in items]:
        raise reader.error("item_order", f"names {absent[0]}, which no file defines")
    _check_links(items)
    notices = reader.object("notices")
    notices.only(NOTICES)
    not_applicable = reader.object("not_applicable")
    not_applicable.only({"allowed", "cap"})
    allowed = not_applicable.codes("allowed")
    for code in allowed:
        if code not in items or items[code].part in {"official", "scenario"}:
            raise not_applicable.error("allowed", f"{code} is no item that may be said not to apply")
    return Instrument(
        version=reader.string("version"),
        sha256=sha256,
        title=reader.text("title"),
        notices={key: notices.text(key) for key in sorted(NOTICES)},
        items=tuple(items[code] for code in order),
        dimensions=dimensions,
        sections=sections,
        not_applicable_allowed=frozenset(allowed),
        not_applicable_cap=not_applicable.decimal("cap"),
        rule=_rule(reader.object("level_rule"), items),
        step_titles=_step_titles(documents[STEPS_FILE], order),
    )


def _dimensions(reader: FieldReader, order: tuple[str, ...]) -> tuple[Dimension, ...]:
    dimensions = []
    for entry in reader.objects("dimensions"):
        entry.only({"code", "name", "short", "intro", "weight", "items"})
        dimension = Dimension(
            code=entry.string("code"),
            name=entry.text("name"),
            short=entry.text("short"),
            intro=entry.text("intro"),
            weight=entry.decimal("weight"),
            items=entry.codes("items"),
        )
        if not dimension.items:
            raise entry.error("items", "must name at least one item")
        dimensions.append(dimension)
    if len({dimension.code for dimension in dimensions}) != len(dimensions):
        raise reader.error("dimensions", "uses a code twice")
    _check_partition(reader, "dimensions", [code for found in dimensions for code in found.items], order)
    if (total := sum(dimension.weight for dimension in dimensions)) != 1:
        raise reader.error("dimensions", f"weights add up to {float(total)}, not to 1")
    return tuple(dimensions)


def _sections(document: object, dimensions: tuple[Dimension, ...]) -> tuple[Section, ...]:
    reader = FieldReader.of(SECTIONS_FILE, "", "", document)
    reader.only({"sections"})
    sections = []
    for entry in reader.objects("sections"):
        entry.only({"code", "name", "intro", "items"})
        section = Section(
            code=entry.string("code"),
            name=entry.text("name"),
            intro=entry.text("intro"),
            items=entry.codes("items"),
        )
        if len(section.items) not in SECTION_ITEMS:
            low, high = SECTION_ITEMS[0], SECTION_ITEMS[-1]
            raise entry.error("items", f"must be {low} to {high}, not {len(section.items)}")
        sections.append(section)
    if len({section.code for section in sections}) != len(sections):
        raise reader.error("sections", "uses a code twice")
    asked = [code for dimension in dimensions for code in dimension.items]
    if [code for section in sections for code in section.items] != asked:
        raise reader.error("sections", "must name every item once, in the order of the dimensions")
    return tuple(sections)


def _check_partition(reader: FieldReader, field: str, named: list[str], codes: tuple[str, ...]) -> None:
    for code in codes:
        if named.count(code) != 1:
            raise reader.error(field, f"must name {code} exactly once, not {named.count(code)} times")
    if extra := set(named) - set(codes):
        raise reader.error(field, f"names {min(extra)}, which does not belong here")


def _items(file: str, part: Part, document: object, places: _Places) -> list[Item]:
    reader = FieldReader.of(file, "", "", document)
    reader.only({"part", "items"})
    reader.choice("part", (part,))
    items = []
    for index, raw in enumerate(reader.values("items")):
        code = FieldReader.of(file, "", f"items[{index}]", raw).string("code")
        entry = FieldReader.of(file, code, "", raw)
        if code not in places.dimensions:
            raise entry.error("code", "is not in item_order")
        items.append(_item(entry, part, places))
    return items


def _item(entry: FieldReader, part: Part, places: _Places) -> Item:
    entry.only(_ITEM_REQUIRED, _ITEM_OPTIONAL[part])
    kinds = ("single", "multiple") if part == "official" else ("scale",)
    kind = cast(Kind, entry.choice("kind", kinds))
    if part == "scenario":
        entry.get("binding")
    code = entry.string("code")
    item = Item(
        code=code,
        part=part,
        kind=kind,
        dimension=places.dimensions[code],
        section=places.sections[code],
        name=entry.text("name"),
        question=entry.text("question"),
        help=entry.text("help"),
        why=entry.text("why"),
        evidence=tuple(text.as_text() for text in entry.objects("evidence")),
        basis=entry.text("basis"),
        binding=entry.flag("binding"),
        max_stage=entry.integer("max_stage"),
        options=tuple(_option(option, part) for option in entry.objects("options")),
        figures=tuple(_figure(figure) for figure in entry.objects("figures")),
        bins=_bins(entry),
        effort=entry.integer("effort") if part == "official" else None,
        unchanged_within=entry.decimal("unchanged_within") if "unchanged_within" in entry.content else None,
    )
    _check_item(entry, item)
    return item


def _option(entry: FieldReader, part: Part) -> Option:
    official = part == "official"
    entry.only(
        {"key", "label", "points"} if official else {"key", "label"},
        {"detail", "example", "exclusive", "scenario"} if official else {"detail", "example"},
    )
    return Option(
        key=entry.string("key"),
        label=entry.text("label"),
        detail=entry.optional_text("detail"),
        example=entry.optional_text("example"),
        points=entry.decimal("points") if official else None,
        exclusive=entry.flag("exclusive"),
        scenario=entry.string("scenario") if "scenario" in entry.content else None,
    )


def _figure(entry: FieldReader) -> Figure:
    entry.only({"code", "label", "unit", "kind"})
    kind = entry.choice("kind", ("integer", "decimal"))
    return Figure(
        code=entry.string("code"),
        label=entry.text("label"),
        unit=entry.text("unit"),
        kind="integer" if kind == "integer" else "decimal",
    )


def _bins(entry: FieldReader) -> tuple[int, ...]:
    values = entry.values("bins") if "bins" in entry.content else []
    bins = tuple(value for value in values if isinstance(value, int) and not isinstance(value, bool))
    if len(bins) != len(values) or any(low >= high for low, high in pairwise(bins)):
        raise entry.error("bins", "must be ascending upper bounds in whole per cent")
    return bins


def _check_item(entry: FieldReader, item: Item) -> None:
    if not 1 <= len(item.evidence) <= 4:
        raise entry.error("evidence", "must name one to four pieces of evidence")
    keys = [option.key for option in item.options]
    expected = string.digits[: len(keys)] if item.kind == "scale" else string.ascii_uppercase[: len(keys)]
    if len(keys) < 2 or keys != list(expected):
        raise entry.error("options", f"must have the keys {', '.join(expected)} in this order")
    exclusive = [option.key for option in item.options if option.exclusive]
    if exclusive != (["A"] if item.kind == "multiple" else []):
        raise entry.error("options", "must mark option A of a multiple choice as exclusive, and nothing else")
    if item.part == "official" and item.options[0].points != 0:
        raise entry.error("options[0].points", "must be 0: the first option is the lowest")
    if item.kind == "multiple" and not all(option.points for option in item.options[1:]):
        raise entry.error("options", "must give points to every option but the first")
    if item.bins and (len(item.bins) != len(keys) or item.bins[-1] != 100):
        raise entry.error("bins", "must have one upper bound per option and end at 100")
    if item.part == "official" and item.effort not in EFFORTS:
        raise entry.error("effort", "must be 1, 2, 3 or 4")
    highest = item.reachable_stages[-1]
    if item.max_stage != highest or highest > HIGHEST_STAGE:
        raise entry.error("max_stage", f"must be {highest}, the highest stage of the options")


def _check_links(items: Mapping[str, Item]) -> None:
    """Scenarios named by options exist; figure codes are unique."""
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


def _rule(reader: FieldReader, items: Mapping[str, Item]) -> LevelRule:
    reader.only({"gates", "names", "dimensions"})
    gates = []
    for entry in reader.objects("gates"):
        entry.only({"level", "base", "scenarios", "binding"})
        gates.append(
            LevelGate(
                level=entry.integer("level"),
                base=entry.decimal("base"),
                scenarios=entry.integer("scenarios"),
                binding=entry.integer("binding"),
            )
        )
    if [gate.level for gate in gates] != [1, 2, 3, 4]:
        raise reader.error("gates", "must be those of levels 1, 2, 3, 4 in this order")
    names = tuple(text.as_text() for text in reader.objects("names"))
    if len(names) != len(gates) + 1:
        raise reader.error("names", "must name the levels 0 to 4")
    dimensions = []
    for entry in reader.objects("dimensions"):
        entry.only({"code", "name", "items"})
        dimensions.append(
            OfficialDimension(code=entry.string("code"), name=entry.text("name"), items=entry.codes("items"))
        )
    official = [item for item in items.values() if item.part == "official"]
    named = [code for dimension in dimensions for code in dimension.items]
    _check_partition(reader, "dimensions", named, tuple(item.code for item in official))
    if (total := sum(item.max_points for item in official)) != WHOLE:
        raise DefinitionError(
            "official.json", "", "points", f"add up to {float(total)}, not to {float(WHOLE)}"
        )
    return LevelRule(gates=tuple(gates), names=names, dimensions=tuple(dimensions))


def _step_titles(document: object, order: tuple[str, ...]) -> dict[str, Text]:
    reader = FieldReader.of(STEPS_FILE, "", "", document)
    reader.only({"steps"})
    steps = reader.object("steps")
    steps.only(set(order))
    titles = {}
    for code in order:
        entry = FieldReader.of(STEPS_FILE, code, "", steps.content[code])
        entry.only({"title"})
        titles[code] = entry.text("title")
    return titles
