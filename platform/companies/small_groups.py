"""Small groups: which counts and figures may be shown to those who may not know single companies.

The one home of the rule: pages, files, API and public pages ask here. It is cell suppression as in Hundepool et al.,
"Statistical Disclosure Control" (Wiley, 2012), chapters 4 and 5: a count of one to four is withheld (primary
suppression), and so are other counts until the withheld ones do not follow from the total and from what is shown
(secondary suppression). Zero tells of nobody and is shown, unless it would help to tell the withheld counts.

What is meant by "do not follow" is exact: somebody who knows what is shown, the total of the table and this file can
rule out none of the values 1, 2, 3 and 4 for a withheld small count. The rule itself must not tell more than the
figures do, so each decision rests on the number and the sum of the withheld counts alone, which the reader can work
out anyway. Of a table whose rows are split in two the totals themselves may bound a row; there every withheld number
leaves at least four values open. Functions are pure and deterministic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

# Figures over fewer companies or facilities than this are withheld.
SMALLEST_GROUP: Final = 5
_SMALL_COUNTS: Final = range(1, SMALLEST_GROUP)
# Counts up to one of these are withheld together; a finer step withholds less, a coarser one is safe sooner.
_STEPS: Final = (
    SMALLEST_GROUP - 1, 9, 14, 19, 24, 29, 39, 49, 64, 79, 99, 124, 159, 199, 249, 319, 399, 499, 639, 799, 999,
)  # fmt: skip
# In hidden rows of a split, so many members on either side for each row leave open what the totals leave open.
_ROOM: Final = SMALLEST_GROUP - 1
# Two rows of known wholes could only be traded against each other.
_FEWEST_ROWS: Final = 3


def is_small(count: int) -> bool:
    """Whether a group of this size would reveal single members; nobody reveals nobody."""
    return count in _SMALL_COUNTS


def can_show_figures(count: int) -> bool:
    """Whether medians, bands and the like may be shown over a group of this size."""
    return count >= SMALLEST_GROUP


def withhold_count(count: int) -> int | None:
    """Return a count that stands alone, None where it is small."""
    return None if is_small(count) else count


def withhold_table_if_small(counts: Sequence[int]) -> tuple[list[int | None], int | None]:
    """Return the counts of a table and their total: all of them, or none if any count is small.

    What is shown is then the same for every value of the small count, also to somebody who finds the total elsewhere.
    """
    if any(is_small(count) for count in counts):
        return [None] * len(counts), None
    return list(counts), sum(counts)


def withhold_counts(counts: Sequence[int]) -> list[int | None]:
    """Return the counts of a partition whose total is known, with None for those that are withheld.

    Small counts go first. Where they could be told from the total, the larger ones up to the next of `_STEPS` go
    with them, and so on. Where the counts other than zero are below five on average, all of them go, and where there
    is hardly more than one for each, the zeros too. A total below five is withheld with the whole table; the caller
    passes it through `withhold_count`.
    """
    total, present = sum(counts), sum(count > 0 for count in counts)
    if not any(is_small(count) for count in counts):
        return list(counts)
    if is_small(total) or total < present + SMALLEST_GROUP - 1:
        return [None] * len(counts)
    if total < SMALLEST_GROUP * present:
        return [None if count else 0 for count in counts]
    for step, safe in _find_safe_pools(present, total):
        pool = [count for count in counts if 0 < count <= step]
        if (step < SMALLEST_GROUP or max(pool) >= SMALLEST_GROUP) and safe[len(pool)] >> sum(pool) & 1:
            return [None if 0 < count <= step else count for count in counts]
    return [None if count else 0 for count in counts]


@dataclass(frozen=True, slots=True)
class SplitCounts:
    """Rows of a table with so many members, `marked` of them marked; each count is None where it is withheld.

    `all_marked` is over all rows. `has_figures` says of each row whether figures over its marked members may be shown.
    """

    members: tuple[int | None, ...]
    marked: tuple[int | None, ...]
    all_marked: int | None
    has_figures: tuple[bool, ...]


def withhold_split(members: Sequence[int], marked: Sequence[int]) -> SplitCounts:
    """Return what may be shown of rows whose members are marked or not, where the total of members is known.

    In each row the marked and the others are two groups, either of which may be small, and each follows from the
    other. Rows are withheld in the order of their members, which is no secret, up to the last that has a small group:
    which of the smaller ones has one cannot be told. Where those rows together leave too little room, all are
    withheld. If fewer than five are marked or not marked altogether, that number is withheld and no row is shown.
    """
    shown, total = withhold_counts(members), sum(marked)
    others = sum(members) - total
    if is_small(total) or is_small(others):
        # Whoever is not marked is one of at most four, so these rows have five marked members for certain.
        certain = [is_small(others) and row is not None and row >= 2 * SMALLEST_GROUP - 1 for row in shown]
        return SplitCounts(tuple(shown), (None,) * len(marked), None, tuple(certain))
    hidden = _find_hidden_rows(members, marked, shown)
    seen = tuple(None if row in hidden else count for row, count in enumerate(marked))
    return SplitCounts(
        tuple(shown), seen, total, tuple(count is not None and can_show_figures(count) for count in seen)
    )


def _find_hidden_rows(
    members: Sequence[int], marked: Sequence[int], shown: Sequence[int | None]
) -> frozenset[int]:
    """Find the rows of a split whose number of marked members is withheld."""
    withheld = frozenset(row for row, count in enumerate(shown) if count is None)
    if not sum(marked):
        return frozenset()  # nobody is marked: the total says so of every row
    if sum(marked) == sum(members):
        return withheld
    order = sorted(
        (row for row, count in enumerate(members) if count),
        key=lambda row: (row not in withheld, 0 if row in withheld else members[row], row),
    )
    last = max(
        (
            place
            for place, row in enumerate(order)
            if row in withheld or is_small(marked[row]) or is_small(members[row] - marked[row])
        ),
        default=-1,
    )
    if last < 0:
        return frozenset()
    pool = order[: max(last + 1, _FEWEST_ROWS)]
    inside = sum(marked[row] for row in pool)
    outside = sum(members[row] for row in pool) - inside
    has_room = min(inside, outside) >= _ROOM * len(pool)
    return withheld | frozenset(pool if has_room else order)


@lru_cache(maxsize=256)
def _find_safe_pools(most: int, total: int) -> list[tuple[int, list[int]]]:
    """Find which pools of withheld counts tell nothing, for each step.

    A pool is the counts up to a step; it is described by their number, up to `most`, and their sum, up to `total`.
    The list for a step holds a set of sums for each number, as the bits of a whole number. A pool is safe if each of
    1 to 4 can stand in it for a small count, with other counts that have led here too: no earlier pool was safe.
    """
    everything = (1 << (total + 1)) - 1

    def add_count(sums: int, low: int, high: int) -> int:
        """Return the sums with one more count of `low` to `high`."""
        spread, width = sums, 1
        while width < high - low + 1:
            further = min(width, high - low + 1 - width)
            spread |= spread << further
            width += further
        return spread << low & everything

    def find_common(reached: Sequence[Sequence[int]]) -> list[int]:
        """Return the sums that are reached with each of the small counts."""
        common = [0, 0]
        for number in range(2, most + 1):
            sums = everything
            for row in reached:
                sums &= row[number]
            common.append(sums)
        return common

    def leave_out(reached: Sequence[Sequence[int]], safe: Sequence[int]) -> list[list[int]]:
        return [[sums & ~known for sums, known in zip(row, safe, strict=True)] for row in reached]

    # By the value of one small count in the pool: sums of pools of small counts alone, and of those with larger ones.
    small: list[list[int]] = []
    for value in _SMALL_COUNTS:
        row = [0, 1 << value & everything]
        for _number in range(2, most + 1):
            row.append(add_count(row[-1], 1, SMALLEST_GROUP - 1))
        small.append(row)
    found = [(_STEPS[0], find_common(small))]
    small = leave_out(small, found[0][1])
    mixed = [[0] * (most + 1) for _value in _SMALL_COUNTS]
    low = SMALLEST_GROUP
    for high in (*(step for step in _STEPS[1:] if step < total), max(total, SMALLEST_GROUP)):
        for row, alone in zip(mixed, small, strict=True):
            for number in range(1, most + 1):
                row[number] |= add_count(row[number - 1] | alone[number - 1], low, high)
        found.append((high, find_common(mixed)))
        mixed = leave_out(mixed, found[-1][1])
        low = high + 1
    return found
