"""Drawing companies to visit with chances that follow their risk; exact and repeatable.

Formula "risk-1". The weight of a company is

    1 + 4 x confirmed flags + 2 x open flags + 2 if any open flag is a pair of nearly the same answers
      + 1 for each level that the self-assessment lies above the verified or earlier level (at most 2)

The chance to be drawn is n x weight / sum of weights, cut at 1; what is cut off is spread over the others in
proportion, until none is above 1. The draw is systematic: companies stand in the order of sha256(seed:id), their
chances are added up, and the company is drawn in whose interval one of the points u, u + 1, u + 2 ... falls, u being
sha256(seed:start) / 2^256. All arithmetic is in fractions, so the same seed and frame give the same companies anywhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

FORMULA = "risk-1"
PER_CONFIRMED, PER_OPEN, FOR_TWIN, PER_LEVEL, MOST_LEVELS = 4, 2, 2, 1, 2


@dataclass(frozen=True, slots=True)
class Risk:
    """The parts of the weight of a company."""

    open_flags: int
    confirmed_flags: int
    has_twin: bool
    levels_above: int

    @property
    def weight(self) -> int:
        """See the formula; never below 1, so that every company may be drawn."""
        return (
            1
            + PER_CONFIRMED * self.confirmed_flags
            + PER_OPEN * self.open_flags
            + FOR_TWIN * self.has_twin
            + PER_LEVEL * min(MOST_LEVELS, max(0, self.levels_above))
        )


def compute_chances(weights: Mapping[str, int], size: int) -> dict[str, Fraction]:
    """Return the chance of each to be among `size` drawn; they add up to `size` exactly, or to all there are."""
    if size >= len(weights):
        return dict.fromkeys(weights, Fraction(1))
    certain: set[str] = set()
    while True:
        left = {key: weight for key, weight in weights.items() if key not in certain}
        total, places = sum(left.values()), size - len(certain)
        above = {key for key, weight in left.items() if Fraction(places * weight, total) >= 1}
        if not above:
            return {
                key: Fraction(1) if key in certain else Fraction(places * weights[key], total)
                for key in weights
            }
        certain |= above


def draw_companies(weights: Mapping[str, int], size: int, seed: str) -> list[str]:
    """Return the companies drawn, in the order of the draw."""
    order: Sequence[str] = sorted(weights, key=lambda key: _compute_digest(seed, key))
    chance = compute_chances(weights, size)
    point = Fraction(int(_compute_digest(seed, "start"), 16), 2**256)
    reached = Fraction(0)
    drawn = []
    for key in order:
        reached += chance[key]
        if point < reached:
            drawn.append(key)
            point += 1
    return drawn


def _compute_digest(seed: str, key: str) -> str:
    return hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()
