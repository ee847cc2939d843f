"""What differs between two versions of the instrument."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from instrument.definition import Instrument
from instrument.item import Item, ItemOption
from instrument.text import Text

LANGUAGES = ("zh-hans", "en")


class Aspect(StrEnum):
    """Aspect of an item or of the whole that differs."""

    QUESTION = "question"
    NAME = "name"
    HELP = "help"
    WHY = "why"
    EVIDENCE = "evidence"
    BASIS = "basis"
    KIND = "kind"
    DIMENSION = "dimension"
    BINDING = "binding"
    OPTION = "option"
    POINTS = "points"
    FIGURES = "figures"
    BINS = "bins"
    TOLERANCE = "tolerance"
    WEIGHT = "weight"
    NOT_APPLICABLE = "not_applicable"
    GATE = "gate"


@dataclass(frozen=True, slots=True)
class InstrumentChange:
    """One difference. `key` is an option or a level where there is one; empty text means "was not there"."""

    aspect: Aspect
    key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ItemChanges:
    """An item that is in both versions and differs."""

    item: Item
    changes: tuple[InstrumentChange, ...]


@dataclass(frozen=True, slots=True)
class InstrumentComparison:
    """Differences of a later version from an earlier one: items added, removed, changed, and of the whole."""

    added: tuple[Item, ...]
    removed: tuple[Item, ...]
    changed: tuple[ItemChanges, ...]
    rules: tuple[InstrumentChange, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the two say the same."""
        return not (self.added or self.removed or self.changed or self.rules)


def compare_instruments(before: Instrument, after: Instrument, language: str) -> InstrumentComparison:
    """Compare two versions in `language`; a text that differs only in the other language is shown in that."""
    changed = []
    for item in after.items:
        if item.code in before:
            found = tuple(_iter_item_changes(before, after, item.code, language))
            if found:
                changed.append(ItemChanges(item, found))
    return InstrumentComparison(
        added=tuple(item for item in after.items if item.code not in before),
        removed=tuple(item for item in before.items if item.code not in after),
        changed=tuple(changed),
        rules=tuple(_iter_rule_changes(before, after)),
    )


def _iter_item_changes(
    before: Instrument, after: Instrument, code: str, language: str
) -> Iterator[InstrumentChange]:
    old, new = before.get_item(code), after.get_item(code)
    texts = {
        Aspect.QUESTION: (old.question, new.question),
        Aspect.NAME: (old.name, new.name),
        Aspect.HELP: (old.help, new.help),
        Aspect.WHY: (old.why, new.why),
        Aspect.BASIS: (old.basis, new.basis),
    }
    for aspect, (was, now) in texts.items():
        yield from _iter_text_changes(aspect, "", was, now, language)
    for old_text, new_text in _iter_pairs(old.evidence, new.evidence):
        yield from _iter_text_changes(Aspect.EVIDENCE, "", old_text, new_text, language)
    plain: dict[Aspect, tuple[object, object]] = {
        Aspect.KIND: (old.kind, new.kind),
        Aspect.DIMENSION: (old.dimension, new.dimension),
        Aspect.BINDING: ("★" if old.binding else "", "★" if new.binding else ""),
        Aspect.BINS: (_format_list(old.bins), _format_list(new.bins)),
        Aspect.TOLERANCE: (_format_value(old.unchanged_within), _format_value(new.unchanged_within)),
        Aspect.FIGURES: (
            _format_list(figure.code for figure in old.figures),
            _format_list(figure.code for figure in new.figures),
        ),
        Aspect.NOT_APPLICABLE: (
            "✓" if code in before.not_applicable_allowed else "",
            "✓" if code in after.not_applicable_allowed else "",
        ),
    }
    for aspect, (was_plain, now_plain) in plain.items():
        if was_plain != now_plain:
            yield InstrumentChange(aspect, "", str(was_plain), str(now_plain))
    yield from _iter_option_changes(old, new, language)


def _iter_option_changes(old: Item, new: Item, language: str) -> Iterator[InstrumentChange]:
    was, now = ({option.key: option for option in item.options} for item in (old, new))
    for key in [*now, *(key for key in was if key not in now)]:
        first, second = was.get(key), now.get(key)
        if first is None or second is None:
            yield InstrumentChange(
                Aspect.OPTION, key, _format_option(first, language), _format_option(second, language)
            )
            continue
        for part in ("label", "detail", "example"):
            yield from _iter_text_changes(
                Aspect.OPTION, key, getattr(first, part), getattr(second, part), language
            )
        if first.points != second.points:
            yield InstrumentChange(
                Aspect.POINTS, key, _format_value(first.points), _format_value(second.points)
            )


def _iter_rule_changes(before: Instrument, after: Instrument) -> Iterator[InstrumentChange]:
    was = {dimension.code: dimension.weight for dimension in before.dimensions}
    for dimension in after.dimensions:
        if was.get(dimension.code) != dimension.weight:
            yield InstrumentChange(
                Aspect.WEIGHT,
                dimension.code,
                _format_value(was.get(dimension.code)),
                _format_value(dimension.weight),
            )
    gates = {gate.level: gate for gate in before.rule.gates}
    for gate in after.rule.gates:
        old = gates.get(gate.level)
        words = [
            f"{found.base} / {found.scenarios} / {found.binding}" if found else "" for found in (old, gate)
        ]
        if words[0] != words[1]:
            yield InstrumentChange(Aspect.GATE, str(gate.level), words[0], words[1])


def _iter_text_changes(
    aspect: Aspect, key: str, was: Text | None, now: Text | None, language: str
) -> Iterator[InstrumentChange]:
    others = [other for other in LANGUAGES if other != language]
    for shown in (language, *others):
        first, second = (text.translate(shown) if text else "" for text in (was, now))
        if first != second:
            yield InstrumentChange(aspect, key, first, second)
            return


def _iter_pairs(was: tuple[Text, ...], now: tuple[Text, ...]) -> Iterator[tuple[Text | None, Text | None]]:
    for place in range(max(len(was), len(now))):
        yield (was[place] if place < len(was) else None, now[place] if place < len(now) else None)


def _format_option(option: ItemOption | None, language: str) -> str:
    return option.label.translate(language) if option else ""


def _format_list(things: Iterable[object]) -> str:
    return ", ".join(str(thing) for thing in things)


def _format_value(value: object) -> str:
    return "" if value is None else str(value)
