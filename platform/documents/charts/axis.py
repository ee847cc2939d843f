"""Numbers along a side of a chart."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Axis:
    """Map of numbers from `low` to `high` to the pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float
    step: float

    def locate(self, value: float) -> float:
        """Return the pixel of the number."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def list_ticks(self) -> list[float]:
        """List round numbers along the axis."""
        return [
            self.low + number * self.step for number in range(round((self.high - self.low) / self.step) + 1)
        ]

    def count_digits(self) -> int:
        """Count the places that the ticks need."""
        return max(0, -math.floor(math.log10(self.step) + 1e-9))


def build_axis(
    values: Iterable[float], start: float, end: float, *, parts: int = 5, from_zero: bool = False
) -> Axis:
    """Build an axis with round ends that holds all the values."""
    numbers = [*values] or [0.0, 1.0]
    low, high = min(numbers), max(numbers)
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low < 1e-9:
        low, high = low - (0 if from_zero and low >= 0 else 0.5), high + 0.5
    rough = (high - low) / parts
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough - 1e-12)
    return Axis(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, start, end, step)
