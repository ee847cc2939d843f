"""One question of the instrument and how its answers are read."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

from instrument.errors import InvalidAnswer
from instrument.text import Text

Part = Literal["official", "scenario", "sector", "ai"]
Kind = Literal["single", "multiple", "scale"]
Value = str | tuple[str, ...] | int

_FIGURE_PATTERNS = {"integer": re.compile(r"\d{1,12}"), "decimal": re.compile(r"\d{1,12}(\.\d{1,6})?")}


@dataclass(frozen=True, slots=True)
class ItemOption:
    """One possible answer. `points` is None outside the official scored items.

    `scenario` names the business scenario that covers the same business link, where there is one.
    """

    key: str
    label: Text
    detail: Text | None
    example: Text | None
    points: Fraction | None
    exclusive: bool
    scenario: str | None


@dataclass(frozen=True, slots=True)
class ItemFigure:
    """A number asked beside an answer, so that the answer can be recomputed; never negative."""

    code: str
    label: Text
    unit: Text
    kind: Literal["integer", "decimal"]

    def parse(self, item: str, raw: object) -> str:
        """Return the figure as a plain decimal string such as `68` or `1250.5`; raises `InvalidAnswer`."""
        text = str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw
        if not isinstance(text, str) or not _FIGURE_PATTERNS[self.kind].fullmatch(text) or not text.isascii():
            wanted = "a whole number" if self.kind == "integer" else "a number with at most six decimals"
            raise InvalidAnswer(item, self.code, "bad_figure", f"{self.code} must be {wanted}, zero or more")
        return text


@dataclass(frozen=True)
class Item:
    """One question with a stable code. Its answer gives a stage 0..`max_stage`.

    The stage is the index of the option (single), the points earned in units of the smallest step (multiple;
    tenths of a point for B4), or the chosen level (scale). Official scored items alone have `effort`, from 1
    (rules and training) over 2 (software) and 3 (machines, networks, budget) to 4 (business results), used to
    order advice; `bins`, upper bounds in whole per cent, the lower ones excluded; and `unchanged_within`, the
    change in per cent (percentage points for a rate) up to which two figures count as the same.
    """

    code: str
    part: Part
    kind: Kind
    dimension: str
    section: str
    name: Text
    question: Text
    help: Text
    why: Text
    evidence: tuple[Text, ...]
    basis: Text
    binding: bool
    max_stage: int
    options: tuple[ItemOption, ...]
    figures: tuple[ItemFigure, ...]
    bins: tuple[int, ...]
    effort: int | None
    unchanged_within: Fraction | None

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {option.key: index for index, option in enumerate(self.options)}

    @cached_property
    def _values_by_stage(self) -> dict[int, Value]:
        """For each reachable stage the value that gives it; of several sets of ticks the earliest options."""
        if self.kind == "scale":
            return {int(option.key): int(option.key) for option in self.options}
        if self.kind == "single":
            return {index: option.key for index, option in enumerate(self.options)}
        subsets: dict[int, tuple[str, ...]] = {0: ()}
        for option in self.options:
            if option.exclusive:
                continue
            step = self._count_steps(option)
            for stage, keys in list(subsets.items()):
                subsets.setdefault(stage + step, (*keys, option.key))
        subsets[0] = tuple(option.key for option in self.options if option.exclusive)
        return {stage: subsets[stage] for stage in sorted(subsets)}

    @cached_property
    def _unit(self) -> Fraction:
        """The smallest step in points: the greatest common divisor of the points of the options."""
        points = [option.points for option in self.options if option.points]
        denominator = math.lcm(*(value.denominator for value in points))
        return Fraction(math.gcd(*(int(value * denominator) for value in points)), denominator)

    def _count_steps(self, option: ItemOption) -> int:
        return int((option.points or 0) / self._unit)

    @property
    def reachable_stages(self) -> tuple[int, ...]:
        """The stages some answer gives, ascending; not every number of B4's 0..100 is one."""
        return tuple(self._values_by_stage)

    def parse(self, raw: object) -> Value:
        """Parse the value of an answer given as plain data (a form or JSON); raises `InvalidAnswer`.

        A single choice takes an option key; a multiple choice a list of keys, returned in option order; a
        scale a level as whole number or digit string.
        """
        if self.kind == "multiple":
            return self._parse_multiple(raw)
        if self.kind == "single":
            return self._parse_key(raw)
        return self._parse_level(raw)

    def _parse_key(self, raw: object) -> str:
        if not isinstance(raw, str):
            raise self._build_error("wrong_type", 'the answer must be one option, such as "A"')
        if raw not in self._positions:
            raise self._build_error(
                "unknown_option", f"there is no option {raw!r}; choose from {', '.join(self._positions)}"
            )
        return raw

    def _parse_multiple(self, raw: object) -> tuple[str, ...]:
        if not isinstance(raw, list | tuple):
            raise self._build_error("wrong_type", 'the answer must be a list of options, such as ["B", "C"]')
        keys = [self._parse_key(key) for key in raw]
        if not keys:
            raise self._build_error("empty", "no option is chosen")
        if len(set(keys)) != len(keys):
            raise self._build_error("repeated", "an option is repeated")
        if len(keys) > 1 and any(self.options[self._positions[key]].exclusive for key in keys):
            raise self._build_error("exclusive", '"none of these" cannot be combined with other options')
        return tuple(sorted(keys, key=self._positions.__getitem__))

    def _parse_level(self, raw: object) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int | str):
            raise self._build_error("wrong_type", f"the answer must be a level from 0 to {self.max_stage}")
        if str(raw) not in self._positions:
            raise self._build_error(
                "unknown_level", f"there is no level {raw!r}; choose from {', '.join(self._positions)}"
            )
        return int(raw)

    def _build_error(self, reason: str, message: str) -> InvalidAnswer:
        return InvalidAnswer(self.code, "value", reason, message)

    def get_stage(self, value: Value) -> int:
        """Return the stage of an answer; raises `InvalidAnswer` for a value that is none of this item."""
        parsed = self.parse(value)
        if isinstance(parsed, int):
            return parsed
        if isinstance(parsed, str):
            return self._positions[parsed]
        return sum(self._count_steps(self.options[self._positions[key]]) for key in parsed)

    def compute_points(self, value: Value) -> Fraction | None:
        """Return the base points of an answer to an official scored item, None for the other parts."""
        if self.part != "official":
            return None
        parsed = self.parse(value)
        keys = parsed if isinstance(parsed, tuple) else (str(parsed),)
        return sum((self.options[self._positions[key]].points or Fraction(0) for key in keys), Fraction(0))

    @cached_property
    def max_points(self) -> Fraction:
        """The most base points the item can give; 0 outside the official scored items."""
        points = [option.points or Fraction(0) for option in self.options]
        return sum(points, Fraction(0)) if self.kind == "multiple" else max(points)

    def compute_next_gain(self, points: Fraction) -> Fraction:
        """Return the base points that one more step adds to an answer worth `points`; 0 at the most.

        One step is the next better option of a single choice, or one more tick of the least-valued kind.
        """
        if self.kind == "multiple":
            smallest = min(option.points for option in self.options if option.points)
            return min(smallest, self.max_points - points)
        better = [option.points for option in self.options if option.points and option.points > points]
        return min(better, default=points) - points

    def get_value_for_stage(self, stage: int) -> Value:
        """Return a value whose stage is the nearest reachable one at or below `stage`."""
        if stage < 0:
            raise ValueError(f"{self.code}: a stage is zero or more, not {stage}")
        return self._values_by_stage[max(found for found in self._values_by_stage if found <= stage)]
