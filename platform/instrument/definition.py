"""A whole instrument: its items, dimensions, weights and level rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from instrument.item import Item
from instrument.levels import LevelLabels, build_level_labels
from instrument.text import Text


@dataclass(frozen=True, slots=True)
class Dimension:
    """One of the ten dimensions in which a company is measured."""

    code: str
    name: Text
    short: Text
    intro: Text
    weight: Fraction
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A page of the questionnaire: five to eight items that follow each other in the order of the dimensions.

    A section is what one person answers in one sitting and what is handed to a colleague. It decides no figure.
    """

    code: str
    name: Text
    intro: Text
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfficialDimension:
    """One of the three scored dimensions of the ministry's instrument; `code` is its Chinese name."""

    code: str
    name: Text
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LevelGate:
    """Demands of a level: base points, and scenarios at or above that level, some of them binding."""

    level: int
    base: Fraction
    scenarios: int
    binding: int


@dataclass(frozen=True, slots=True)
class LevelRule:
    """The gates of levels 1 to 4, ascending, the names of levels 0 to 4, and the three scored dimensions."""

    gates: tuple[LevelGate, ...]
    names: tuple[Text, ...]
    dimensions: tuple[OfficialDimension, ...]


@dataclass(frozen=True, eq=False)
class Instrument:
    """A versioned questionnaire definition that never changes once published.

    `sha256` is the hash of what its files say, the division into sections aside; `step_titles` names, per item,
    the step that improves it; `not_applicable_cap` is the share of the whole weight that may be said not to
    apply. Two instruments are equal only when they are the same object, so an instrument can key a cache.
    """

    version: str
    sha256: str
    title: Text
    notices: Mapping[str, Text]
    items: tuple[Item, ...]
    dimensions: tuple[Dimension, ...]
    sections: tuple[Section, ...]
    not_applicable_allowed: frozenset[str]
    not_applicable_cap: Fraction
    rule: LevelRule
    step_titles: Mapping[str, Text]

    @cached_property
    def _by_code(self) -> dict[str, Item]:
        return {item.code: item for item in self.items}

    @cached_property
    def item_order(self) -> tuple[str, ...]:
        """Codes of all items in the order of the vector of stages."""
        return tuple(self._by_code)

    @cached_property
    def _weights(self) -> dict[str, Fraction]:
        return {
            code: dimension.weight / len(dimension.items)
            for dimension in self.dimensions
            for code in dimension.items
        }

    @cached_property
    def official_items(self) -> tuple[Item, ...]:
        """The scored items of the ministry's instrument."""
        return tuple(item for item in self.items if item.part == "official")

    @cached_property
    def scenarios(self) -> tuple[Item, ...]:
        """The business scenarios of the ministry's instrument."""
        return tuple(item for item in self.items if item.part == "scenario")

    def get_item(self, code: str) -> Item:
        """Return the item with that code; raises `KeyError`."""
        return self._by_code[code]

    @cached_property
    def _sections(self) -> dict[str, Section]:
        return {section.code: section for section in self.sections}

    def get_section(self, code: str) -> Section:
        """Return the section with that code; raises `KeyError`."""
        return self._sections[code]

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def get_weight(self, code: str) -> Fraction:
        """Return the expert weight of an item: its dimension's, split evenly. All weights add up to 1."""
        return self._weights[code]

    def list_max_stages(self) -> tuple[int, ...]:
        """List the highest stage of each item, in `item_order`."""
        return tuple(item.max_stage for item in self.items)

    @cached_property
    def level_labels(self) -> tuple[LevelLabels, ...]:
        """What the levels 0 to 4 are called in texts."""
        return tuple(build_level_labels(level, name) for level, name in enumerate(self.rule.names))

    def get_level_name(self, level: int) -> Text:
        """Return the name of an official level 0 to 4, without its number."""
        return self.rule.names[level]
